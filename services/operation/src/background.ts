import { hostname } from 'node:os'
import { topics } from '@umbel/contracts'
import { type Broker, createKafkaBroker, createRelay, type Flow, startConsumers } from '@umbel/messaging'
import { type Logger, type Metrics, repeat, watchOutbox } from '@umbel/service-kit'
import { openDatabase } from '@umbel/service-kit/store'
import type { Composed } from './compose.ts'
import type { OperationConfig } from './config.ts'
import { forgetOld } from './store/forget-old.ts'
import { forgetResults } from './store/forget-results.ts'

const SWEEP_EVERY_MS = 1_000
const PLANNINGS_EVERY_MS = 5_000
const FORGET_EVERY_MS = 3_600_000

export interface BackgroundParts {
  readonly config: OperationConfig
  readonly composed: Composed
  readonly flow: Flow
  readonly log: Logger
  readonly metrics: Metrics
  readonly broker?: Broker | undefined
}

export interface Background extends AsyncDisposable {
  joined(): boolean
  settled(): Promise<boolean>
}

/** Consumers, relay and sweep: what nobody waits for. */
export async function startBackground(parts: BackgroundParts): Promise<Background> {
  const { config, composed, flow, log, metrics } = parts
  await using starting = new AsyncDisposableStack()
  const relayDatabase = starting.use(
    openDatabase({ url: config.databases.relay, poolMax: 3, applicationName: 'operation relay' }),
  )
  const broker = parts.broker ?? starting.use(openBroker(config))
  await broker.ensureTopics([topics.notification.events, topics.operation.events, topics.operation.dlq])
  const relay = starting.use(createRelay({ database: relayDatabase, broker, owner: `operation ${hostname()}`, log }))
  watchOutbox(metrics, relay.depth)
  const { database, claimer, app } = composed
  const consumers = starting.use(
    await startConsumers({ flow, broker, database, claimer, log, metrics: metrics.consume }),
  )
  starting.use(repeat('operations', SWEEP_EVERY_MS, app.sweepOperations, log))
  starting.use(repeat('plannings', PLANNINGS_EVERY_MS, app.sweepPlannings, log))
  starting.use(repeat('forget-old', FORGET_EVERY_MS, forgetOld(database, claimer), log))
  starting.use(repeat('forget-results', FORGET_EVERY_MS, forgetResults(database, claimer), log))
  const stack = starting.move()
  return {
    joined: () => consumers.joined(),
    settled: async () => (await consumers.settled()) && (await relay.depth()).rows === 0,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const openBroker = ({ kafka: { brokers, topicPrefix } }: OperationConfig): Broker =>
  createKafkaBroker({ brokers, clientId: 'operation', topicPrefix })
