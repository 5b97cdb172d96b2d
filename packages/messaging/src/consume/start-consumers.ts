import type { Batch, Broker, Subscription } from '../broker.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { createConsumer } from './consumer.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { drainParked } from './drain-parked.ts'
import { startDrainer } from './drainer.ts'
import { type Flow, type OnRow, rowsOf } from './flow.ts'
import { type ConsumeLog, type ConsumeMetrics, unmeasured } from './metrics.ts'
import { anyParked } from './parked.ts'

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
  const names = [...consumers.keys()]
  const subscriptions = await subscribeAll(broker, rows, consumers)
  const drain = (everything: boolean, signal: AbortSignal) => drainParked({ claimer, consumers, everything, signal })
  const drainer = startDrainer(drain, log)
  return {
    joined: () => subscriptions.every((subscription) => subscription.joined()),
    drainParked: () => drainer.now(),
    async settled() {
      const lags = await Promise.all(rows.map(({ name, topic }) => broker.lag(name, [topic.name])))
      return lags.every((lag) => lag === 0) && !(await claimer.transaction((trx) => anyParked(trx, names)))
    },
    async [Symbol.asyncDispose]() {
      await drainer[Symbol.asyncDispose]()
      await disposeAll(subscriptions)
    },
  }
}

/** All join at the same time; when one cannot, those that could are let go. */
async function subscribeAll(
  broker: Broker,
  rows: readonly OnRow[],
  consumers: ReadonlyMap<string, ConsumerOptions>,
): Promise<Subscription[]> {
  const joining = rows.map(({ name, topic }) => {
    const consumer = consumers.get(name)
    if (consumer === undefined) throw new Error(`${name} has no consumer`)
    const consume = createConsumer(consumer)
    const onBatch = ({ messages, signal }: Batch) => consume(messages, signal)
    return broker.subscribe({ group: name, topics: [topic.name], onBatch })
  })
  const outcomes = await Promise.allSettled(joining)
  const joined = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return joined
  await disposeAll(joined)
  throw failed.reason
}

const disposeAll = (subscriptions: readonly Subscription[]): Promise<unknown> =>
  Promise.all(subscriptions.map((subscription) => subscription[Symbol.asyncDispose]()))
