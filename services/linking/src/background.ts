import { hostname } from 'node:os'
import { topics } from '@umbel/contracts'
import { type Broker, createKafkaBroker, createRelay, type Flow, startConsumers } from '@umbel/messaging'
import { type Logger, type Metrics, watchOutbox } from '@umbel/service-kit'
import { type Database, openDatabase } from '@umbel/service-kit/store'
import type { App } from './app.ts'
import type { LinkingConfig } from './config.ts'
import { createDueWork } from './store/due-work.ts'
import { forgetOld } from './store/forget-old.ts'
import { startSweeps } from './sweeps.ts'

export interface BackgroundParts {
  readonly config: LinkingConfig
  readonly database: Database
  readonly app: App
  readonly flow: Flow
  readonly log: Logger
  readonly metrics: Metrics
  readonly broker?: Broker | undefined
}

export interface Background extends AsyncDisposable {
  joined(): boolean
  settled(): Promise<boolean>
}

/** Consumers, relay and sweeps: what nobody waits for. */
export async function startBackground(parts: BackgroundParts): Promise<Background> {
  const { config, database, app, flow, log, metrics } = parts
  await using starting = new AsyncDisposableStack()
  const role = (name: 'relay' | 'claimer') =>
    starting.use(openDatabase({ url: config.databases[name], poolMax: 3, applicationName: `linking ${name}` }))
  const relayDatabase = role('relay')
  const claimer = role('claimer')
  const broker = parts.broker ?? starting.use(openBroker(config))
  await broker.ensureTopics([
    topics.ticket.events,
    topics.ticket.directory,
    topics.sla.events,
    topics.operation.events,
    topics.linking.events,
    topics.linking.dlq,
  ])
  const relay = starting.use(createRelay({ database: relayDatabase, broker, owner: `linking ${hostname()}`, log }))
  watchOutbox(metrics, relay.depth)
  const due = createDueWork(claimer)
  const { checkEveryS } = config
  const sweeps = starting.use(
    startSweeps({ app, due, checkEveryS, forgetOld: forgetOld(database, claimer), url: config.databases.claimer, log }),
  )
  const consumers = starting.use(
    await startConsumers({ flow, broker, database, claimer, log, metrics: metrics.consume }),
  )
  const stack = starting.move()
  return {
    joined: () => consumers.joined(),
    settled: async () => (await consumers.settled()) && (await sweeps.settled()) && (await relay.depth()).rows === 0,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const openBroker = ({ kafka: { brokers, topicPrefix } }: LinkingConfig): Broker =>
  createKafkaBroker({ brokers, clientId: 'linking', topicPrefix })
