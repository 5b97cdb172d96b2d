import type { Now } from '@umbel/kernel'
import { type Broker, createDeadLetters, type Flow, rowsOf } from '@umbel/messaging'
import {
  createVerifier,
  type RpcServer,
  type ServeOptions,
  serveRpc,
  serviceToken,
  type TokenVerifier,
} from '@umbel/rpc'
import {
  createLogger,
  createMetrics,
  deadLetterMethods,
  deadLetterRpc,
  type Logger,
  type Metrics,
  serveHealth,
} from '@umbel/service-kit'
import {
  assertAppRole,
  type Database,
  type DatabaseUrls,
  migrateDatabase,
  openDatabase,
} from '@umbel/service-kit/store'
import { createApp } from './app.ts'
import { type Background, startBackground } from './background.ts'
import { readMigration, type TicketConfig } from './config.ts'
import { ticketFlow } from './flow.ts'
import { tellDirectoryChanged } from './outbound/directory-events.ts'
import { type LinkingPeer, linkingPeer } from './outbound/linking-peer.ts'
import { tellTicketChanged } from './outbound/ticket-events.ts'
import { createAnswered, createOnce } from './store/answer-once.ts'
import { migrations } from './store/migrations/list.ts'
import { createRead } from './store/read-side.ts'
import { createTransact } from './store/unit-of-work.ts'
import { upstreamCounts } from './telemetry.ts'

/** What a test may bring; what is left out is made from the config. */
export interface TicketParts {
  readonly broker?: Broker
  readonly log?: Logger
  readonly verify?: TokenVerifier
  readonly now?: Now
  readonly linking?: LinkingPeer
}

export interface TicketServer extends AsyncDisposable {
  readonly rpcPort: number
  readonly healthPort: number
  /** Whether nothing waits to be heard or said. */
  settled(): Promise<boolean>
  /** One pass of the sweep that closes what has stayed solved; background only. */
  closeSolved(): Promise<number>
}

const OPERATOR_METHODS = [
  'umbel.ticket.v1.DirectoryService/EnsureWorkspace',
  'umbel.ticket.v1.DirectoryService/GetWorkspace',
  ...deadLetterMethods,
]
// longer than any page takes: a process that froze inside a transaction must not hold a halt for good
const APP_SETTINGS = { idle_in_transaction_session_timeout: '5s' }
// batches name their rows by primary key; on the statistics of a table that was small a moment ago Postgres would
// rather read the whole workspace, again for every batch (reliability 8)
const BATCH_SETTINGS = { ...APP_SETTINGS, enable_seqscan: 'off', enable_bitmapscan: 'off', enable_sort: 'off' }

/** Roles, database and schema of ticket, made or brought up to date; `umbel_ticket` unless named. */
export const migrateTicketDatabase = (adminUrl: string, name?: string): Promise<DatabaseUrls> =>
  migrateDatabase(readMigration({ DATABASE_URL: adminUrl, TICKET_DB_NAME: name }), migrations)

/** Starts the service in its role; the only place that knows every room. */
export async function startTicketService(config: TicketConfig, parts: TicketParts = {}): Promise<TicketServer> {
  const { log = createLogger({ service: 'ticket', level: config.logLevel }), now = () => new Date() } = parts
  const metrics = createMetrics('ticket')
  await using starting = new AsyncDisposableStack()
  const app = starting.use(
    openDatabase({
      url: config.databases.app,
      applicationName: `ticket ${config.role}`,
      settings: config.role === 'background' ? BATCH_SETTINGS : APP_SETTINGS,
    }),
  )
  await assertAppRole(app)
  const linking = parts.linking ?? starting.use(openLinking(config))
  const { flow, transact } = wire(app, metrics, now, linking)
  const background =
    config.role === 'rpc'
      ? undefined
      : starting.use(await startBackground({ config, app, transact, flow, log, metrics, broker: parts.broker }))
  const verify = parts.verify ?? createVerifier({ issuer: config.issuer, audience: 'umbel' })
  const rpc = starting.use(await serveFlow(config, flow, { verify, log, metrics: metrics.rpc }))
  const ready = () => background?.joined() ?? true
  const health = starting.use(await serveHealth({ host: config.host, port: config.healthPort, ready, metrics }))
  return running(starting.move(), { rpcPort: rpc.port, healthPort: health.port }, background)
}

const openLinking = ({ issuer, clientSecret, linkingAddress }: TicketConfig) =>
  linkingPeer(linkingAddress, serviceToken({ issuer, clientId: 'ticket', clientSecret }))

/** Rooms joined: stores under commands and queries, those under the flow. */
function wire(database: Database, metrics: Metrics, now: Now, { findLeaks }: LinkingPeer) {
  const transact = createTransact(database, { change: tellTicketChanged, directory: tellDirectoryChanged })
  const read = createRead(database)
  const app = createApp({
    transact,
    read,
    once: createOnce(database),
    answered: createAnswered(database),
    findLeaks,
    counts: upstreamCounts(metrics),
  })
  const deadLetters = (heard: Flow) =>
    deadLetterRpc(createDeadLetters(database, heard), ({ caller }, workspaceId) =>
      read({ workspaceId }, (session) => session.actor(caller)),
    )
  return { transact, flow: ticketFlow({ app, now, deadLetters }) }
}

const serveFlow = (
  { host, rpcPort: port }: TicketConfig,
  flow: Flow,
  options: Pick<ServeOptions, 'verify' | 'log' | 'metrics'>,
): Promise<RpcServer> =>
  serveRpc({ host, port, services: rowsOf(flow, 'serves'), operatorMethods: OPERATOR_METHODS, ...options })

function running(
  stack: AsyncDisposableStack,
  ports: { readonly rpcPort: number; readonly healthPort: number },
  background: Background | undefined,
): TicketServer {
  return {
    ...ports,
    settled: async () => (background ? background.settled() : true),
    closeSolved: async () => (background ? background.closeSolved() : 0),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
