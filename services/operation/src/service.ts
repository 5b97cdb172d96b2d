import { type Broker, createDeadLetters, type Flow, rowsOf } from '@umbel/messaging'
import { createVerifier, serveRpc, type TokenVerifier } from '@umbel/rpc'
import {
  actorsBy,
  createLogger,
  createMetrics,
  deadLetterMethods,
  deadLetterRpc,
  type Logger,
  serveHealth,
} from '@umbel/service-kit'
import { type DatabaseUrls, migrateDatabase } from '@umbel/service-kit/store'
import { startBackground } from './background.ts'
import { type ComposeParts, compose } from './compose.ts'
import { type OperationConfig, readMigration } from './config.ts'
import { operationFlow } from './flow.ts'
import { migrations } from './store/migrations/list.ts'

/** What a test may bring; what is left out is made from the config. */
export interface OperationParts extends ComposeParts {
  readonly broker?: Broker
  readonly log?: Logger
  readonly verify?: TokenVerifier
}

export interface OperationServer extends AsyncDisposable {
  readonly rpcPort: number
  readonly healthPort: number
  /** Whether nothing waits to be heard or said. */
  settled(): Promise<boolean>
}

/** Roles, database and schema of operation, made or brought up to date; `umbel_operation` unless named. */
export const migrateOperationDatabase = (adminUrl: string, name?: string): Promise<DatabaseUrls> =>
  migrateDatabase(readMigration({ DATABASE_URL: adminUrl, OPERATION_DB_NAME: name }), migrations)

/** Starts the service in its role. */
export async function startOperationService(
  config: OperationConfig,
  parts: OperationParts = {},
): Promise<OperationServer> {
  const { log = createLogger({ service: 'operation', level: config.logLevel }) } = parts
  const metrics = createMetrics('operation')
  await using starting = new AsyncDisposableStack()
  const composed = await compose(starting, config, { ...parts, log, metrics })
  const { app, database } = composed
  const deadLetters = (heard: Flow) => deadLetterRpc(createDeadLetters(database, heard), actorsBy(app.findActor))
  const flow = operationFlow({ app, deadLetters })
  const background =
    config.role === 'rpc'
      ? undefined
      : starting.use(await startBackground({ config, composed, flow, log, metrics, broker: parts.broker }))
  const rpc = starting.use(
    await serveRpc({
      host: config.host,
      port: config.rpcPort,
      services: rowsOf(flow, 'serves'),
      verify: parts.verify ?? createVerifier({ issuer: config.issuer, audience: 'umbel' }),
      operatorMethods: deadLetterMethods,
      log,
      metrics: metrics.rpc,
    }),
  )
  const ready = () => background?.joined() ?? true
  const health = starting.use(await serveHealth({ host: config.host, port: config.healthPort, ready, metrics }))
  const stack = starting.move()
  return {
    rpcPort: rpc.port,
    healthPort: health.port,
    settled: async () => background?.settled() ?? true,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
