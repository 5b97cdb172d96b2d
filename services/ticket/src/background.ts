import { hostname } from 'node:os'
import { topics } from '@umbel/contracts'
import { type Broker, createKafkaBroker, createRelay, type Flow, startConsumers } from '@umbel/messaging'
import { type Logger, type Metrics, repeat, watchOutbox } from '@umbel/service-kit'
import { type Database, openDatabase } from '@umbel/service-kit/store'
import { closeSolved } from './commands/close-solved.ts'
import type { TicketConfig } from './config.ts'
import { findDueSolved } from './store/due-solved.ts'
import { forgetOld } from './store/forget-old.ts'
import type { Transact } from './store/unit-of-work.ts'
import { countClosed } from './telemetry.ts'

const CLOSE_EVERY_MS = 60_000
const FORGET_EVERY_MS = 3_600_000

export interface BackgroundParts {
  readonly config: TicketConfig
  readonly app: Database
  readonly transact: Transact
  readonly flow: Flow
  readonly log: Logger
  readonly metrics: Metrics
  readonly broker?: Broker | undefined
}

export interface Background extends AsyncDisposable {
  joined(): boolean
  settled(): Promise<boolean>
  closeSolved(): Promise<number>
}

/** Consumers, relay and sweeps: what nobody waits for. */
export async function startBackground(parts: BackgroundParts): Promise<Background> {
  const { config, app, transact, flow, log, metrics } = parts
  await using starting = new AsyncDisposableStack()
  const role = (name: 'relay' | 'claimer') =>
    starting.use(openDatabase({ url: config.databases[name], poolMax: 3, applicationName: `ticket ${name}` }))
  const relayDatabase = role('relay')
  const claimer = role('claimer')
  const broker = parts.broker ?? starting.use(openBroker(config))
  await broker.ensureTopics([topics.inbound.tickets, topics.ticket.events, topics.ticket.directory, topics.ticket.dlq])
  const relay = starting.use(createRelay({ database: relayDatabase, broker, owner: `ticket ${hostname()}`, log }))
  watchOutbox(metrics, relay.depth)
  const consumers = starting.use(
    await startConsumers({ flow, broker, database: app, claimer, log, metrics: metrics.consume }),
  )
  const close = closeSolved({ transact, due: findDueSolved(claimer), days: config.closeAfterDays })
  const closed = countClosed(metrics)
  starting.use(repeat('close-solved', CLOSE_EVERY_MS, async () => closed(await close()), log))
  starting.use(repeat('forget-old', FORGET_EVERY_MS, forgetOld(app, claimer), log))
  const stack = starting.move()
  return {
    joined: () => consumers.joined(),
    settled: async () => (await consumers.settled()) && (await relay.depth()).rows === 0,
    closeSolved: close,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const openBroker = ({ kafka: { brokers, topicPrefix } }: TicketConfig): Broker =>
  createKafkaBroker({ brokers, clientId: 'ticket', topicPrefix })
