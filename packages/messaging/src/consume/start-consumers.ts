import type { Broker, Subscription } from '../broker.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { type ConsumerOptions, consumeBatch } from './consumer.ts'
import { drainParked } from './drain-parked.ts'
import { type Flow, rowsOf } from './flow.ts'
import { type ConsumeLog, type ConsumeMetrics, unmeasured } from './metrics.ts'

const DRAIN_EVERY_MS = 1_000

export interface ConsumersOptions {
  readonly flow: Flow
  readonly broker: Broker
  /** The app role's door: effects run here, under each message's workspace. */
  readonly database: TransactionSource
  /** The claimer role's door: it finds parked keys that are due, over all workspaces. */
  readonly claimer: TransactionSource
  readonly log: ConsumeLog
  readonly metrics?: ConsumeMetrics
}

export interface Consumers extends AsyncDisposable {
  /** Whether every consumer has its partitions. */
  joined(): boolean
  /** Whether nothing that was published is left to handle, and nothing is parked. */
  settled(): Promise<boolean>
  /** Tries every parked key now; returns how many were emptied. */
  drainParked(): Promise<number>
}

/** Starts a consumer for every `on` row of the flow, and the drainer of what they park. */
export async function startConsumers(options: ConsumersOptions): Promise<Consumers> {
  const { flow, broker, database, claimer, log, metrics = unmeasured } = options
  const rows = rowsOf(flow, 'on')
  const consumers = new Map<string, ConsumerOptions>(
    rows.map(({ name, handler }) => [name, { name, handler, database, log, metrics }]),
  )
  const subscriptions: Subscription[] = []
  for (const { name, topic } of rows) {
    const consumer = consumers.get(name)
    if (consumer === undefined) continue
    const onBatch = ({ messages, signal }: Parameters<Parameters<Broker['subscribe']>[0]['onBatch']>[0]) =>
      consumeBatch(consumer, messages, signal)
    subscriptions.push(await broker.subscribe({ group: name, topics: [topic.name], onBatch }))
  }
  const drain = (everything: boolean) => drainParked(claimer, consumers, everything)
  const drainer = startDrainer(() => drain(false), log)
  return {
    joined: () => subscriptions.every((subscription) => subscription.joined()),
    drainParked: () => drain(true),
    async settled() {
      const lags = await Promise.all(rows.map(({ name, topic }) => broker.lag(name, [topic.name])))
      return lags.every((lag) => lag === 0) && (await nothingParked(claimer, [...consumers.keys()]))
    },
    async [Symbol.asyncDispose]() {
      await drainer[Symbol.asyncDispose]()
      await Promise.all(subscriptions.map((subscription) => subscription[Symbol.asyncDispose]()))
    },
  }
}

const nothingParked = (claimer: TransactionSource, consumers: readonly string[]): Promise<boolean> =>
  claimer.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: unknown[] }>(
      'select 1 from parked_key where consumer = any (?::text[]) limit 1',
      [[...consumers]],
    )
    return rows.length === 0
  })

/** Runs the drain again and again, never two at once. */
function startDrainer(drain: () => Promise<number>, log: ConsumeLog): AsyncDisposable {
  let stopped = false
  let running = Promise.resolve()
  const pass = () => {
    running = drain()
      .then(
        () => {},
        (error: unknown) => log.warn({ err: error }, 'parked messages could not be drained and are tried again'),
      )
      .then(() => {
        if (!stopped) timer = setTimeout(pass, DRAIN_EVERY_MS)
      })
  }
  let timer = setTimeout(pass, DRAIN_EVERY_MS)
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
