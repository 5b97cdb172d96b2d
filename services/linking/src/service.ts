import { setTimeout as pause } from 'node:timers/promises'
import { TicketService } from '@umbel/contracts'
import type { Now } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createDeadLetters, type Flow, rowsOf } from '@umbel/messaging'
import {
  createVerifier,
  type RpcServer,
  rpcClient,
  type ServeOptions,
  serveRpc,
  serviceToken,
  type TokenVerifier,
} from '@umbel/rpc'
import {
  actorsBy,
  createLogger,
  createMetrics,
  deadLetterMethods,
  deadLetterRpc,
  type FindActor,
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
import { type App, createApp } from './app.ts'
import { type Background, startBackground } from './background.ts'
import type { TicketDoor } from './commands/ticket-door.ts'
import { type LinkingConfig, readMigration } from './config.ts'
import { linkingFlow } from './flow.ts'
import { sayWith } from './outbound/linking-events.ts'
import { findActor, ticketDoor } from './outbound/ticket-door.ts'
import { migrations } from './store/migrations/list.ts'
import { createTransact } from './store/unit-of-work.ts'
import { countImpossible, tellDrift } from './telemetry.ts'

/** What a test may bring; what is left out is made from the config. */
export interface LinkingParts {
  readonly broker?: Broker
  readonly log?: Logger
  readonly verify?: TokenVerifier
  readonly now?: Now
  /** What is asked of ticket, and who its agents are. */
  readonly ticket?: { readonly door: TicketDoor; readonly findActor: FindActor }
}

export interface LinkingServer extends AsyncDisposable {
  readonly rpcPort: number
  readonly healthPort: number
  /** Whether nothing waits to be heard, pushed or said. */
  settled(): Promise<boolean>
}

const TICKET_DEADLINE_MS = 8_000
// a process that froze inside a transaction must not keep a lock for good
const APP_SETTINGS = { idle_in_transaction_session_timeout: '5s' }

/** Roles, database and schema of linking, made or brought up to date; `umbel_linking` unless named. */
export const migrateLinkingDatabase = (adminUrl: string, name?: string): Promise<DatabaseUrls> =>
  migrateDatabase(readMigration({ DATABASE_URL: adminUrl, LINKING_DB_NAME: name }), migrations)

/** Starts the service in its role; the only place that knows every room. */
export async function startLinkingService(config: LinkingConfig, parts: LinkingParts = {}): Promise<LinkingServer> {
  const log = parts.log ?? createLogger({ service: 'linking', level: config.logLevel })
  const metrics = createMetrics('linking')
  await using starting = new AsyncDisposableStack()
  const database = starting.use(
    openDatabase({ url: config.databases.app, applicationName: `linking ${config.role}`, settings: APP_SETTINGS }),
  )
  await assertAppRole(database)
  const ticket = parts.ticket ?? dialTicket(config, starting)
  const app = wire({ config, database, metrics, log, ticket, now: parts.now ?? (() => new Date()) })
  const actorOf = actorsBy(ticket.findActor)
  const deadLetters = (heard: Flow) => deadLetterRpc(createDeadLetters(database, heard), actorOf)
  const flow = linkingFlow({ app, actorOf, deadLetters })
  const background =
    config.role === 'rpc'
      ? undefined
      : starting.use(await startBackground({ config, database, app, flow, log, metrics, broker: parts.broker }))
  const verify = parts.verify ?? createVerifier({ issuer: config.issuer, audience: 'umbel' })
  const rpc = starting.use(await serveFlow(config, flow, { verify, log, metrics: metrics.rpc }))
  const ready = () => background?.joined() ?? true
  const health = starting.use(await serveHealth({ host: config.host, port: config.healthPort, ready, metrics }))
  return running(starting.move(), { rpcPort: rpc.port, healthPort: health.port }, background)
}

type TicketParts = NonNullable<LinkingParts['ticket']>

function dialTicket(config: LinkingConfig, starting: AsyncDisposableStack): TicketParts {
  const { issuer, clientSecret, ticketAddress: address } = config
  const token = serviceToken({ issuer, clientId: 'linking', clientSecret })
  const client = starting.use(rpcClient(TicketService, { address, token, deadlineMs: TICKET_DEADLINE_MS }))
  return { door: ticketDoor(client), findActor: findActor(client) }
}

interface Wiring {
  readonly config: LinkingConfig
  readonly database: Database
  readonly metrics: Metrics
  readonly log: Logger
  readonly ticket: TicketParts
  readonly now: Now
}

/** Rooms joined: stores under commands and queries, what they ask of others, what they count. */
function wire({ config, database, metrics, log, ticket, now }: Wiring): App {
  const service = { id: 'linking', role: 'service', hiddenGroupIds: new Set<string>() } as const
  return createApp({
    transact: createTransact(database),
    say: sayWith(now),
    now,
    newId,
    tickets: ticket.door,
    resolveActor: async (workspaceId, actorId) => (actorId === '' ? service : ticket.findActor(workspaceId, actorId)),
    graceMs: config.checkGraceMs,
    pause: (ms) => pause(ms),
    onDrift: tellDrift(metrics, log),
    onImpossible: countImpossible(metrics),
  })
}

const serveFlow = (
  { host, rpcPort: port }: LinkingConfig,
  flow: Flow,
  options: Pick<ServeOptions, 'verify' | 'log' | 'metrics'>,
): Promise<RpcServer> =>
  serveRpc({ host, port, services: rowsOf(flow, 'serves'), operatorMethods: deadLetterMethods, ...options })

const running = (
  stack: AsyncDisposableStack,
  ports: { readonly rpcPort: number; readonly healthPort: number },
  background: Background | undefined,
): LinkingServer => ({
  ...ports,
  settled: async () => (background ? background.settled() : true),
  [Symbol.asyncDispose]: () => stack.disposeAsync(),
})
