import { type Broker, type Flow, rowsOf } from '@umbel/messaging'
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
  type Logger,
  type Metrics,
  serveHealth,
} from '@umbel/service-kit'
import { assertAppRole, openDatabase } from '@umbel/service-kit/store'
import { type Background, startBackground } from './background.ts'
import { type BounceDeps, findBounced, receiveBounce } from './commands/receive-bounce.ts'
import { receiveMail } from './commands/receive-mail.ts'
import type { Mailer } from './commands/send-one.ts'
import { type Rooms, wire } from './compose.ts'
import type { NotificationConfig } from './config.ts'
import { type MailListener, startMailListener } from './inbound/mail.ts'
import { type TicketPeer, ticketPeer } from './outbound/ticket-peer.ts'

/** What a test may bring; what is left out is made from the config. */
export interface NotificationParts {
  readonly broker?: Broker
  readonly log?: Logger
  readonly verify?: TokenVerifier
  readonly ticket?: TicketPeer
  readonly mailer?: Mailer
}

export interface NotificationServer extends AsyncDisposable {
  readonly rpcPort: number
  readonly healthPort: number
  /** Where answers come in; 0 in the background role. */
  readonly mailPort: number
  /** Whether nothing waits to be heard, sent or said. */
  settled(): Promise<boolean>
}

// a process that froze inside a transaction must not keep a hold waiting for good; a queue's statistics are always
// stale, and a plan that reads the whole table costs more than all the mails (reliability 8)
const APP_SETTINGS = {
  idle_in_transaction_session_timeout: '5s',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
}

/** Starts the service in its role; the only place that knows every room. */
export async function startNotificationService(
  config: NotificationConfig,
  parts: NotificationParts = {},
): Promise<NotificationServer> {
  const { log = createLogger({ service: 'notification', level: config.logLevel }) } = parts
  const metrics = createMetrics('notification')
  await using starting = new AsyncDisposableStack()
  const app = starting.use(
    openDatabase({ url: config.databases.app, applicationName: `notification ${config.role}`, settings: APP_SETTINGS }),
  )
  await assertAppRole(app)
  const claimerDatabase = starting.use(
    openDatabase({ url: config.databases.claimer, poolMax: 3, applicationName: 'notification claimer' }),
  )
  const ticket = parts.ticket ?? starting.use(openTicket(config))
  const rooms = wire(config, app, claimerDatabase, ticket)
  const background =
    config.role === 'rpc'
      ? undefined
      : starting.use(
          await startBackground({
            ...rooms,
            config,
            app,
            claimerDatabase,
            log,
            metrics,
            ...parts,
            broker: parts.broker,
            mailer: parts.mailer,
          }),
        )
  if (background !== undefined) rooms.onWake(background.wake)
  const mail = config.role === 'background' ? undefined : starting.use(await openMail(config, rooms, log))
  const verify = parts.verify ?? createVerifier({ issuer: config.issuer, audience: 'umbel' })
  const rpc = starting.use(await serveFlow(config, rooms.flow, { verify, log, metrics: metrics.rpc }))
  const health = starting.use(await openHealth(config, metrics, background))
  return running(starting.move(), { rpc: rpc.port, health: health.port, mail: mail?.port ?? 0 }, background)
}

const openTicket = ({ issuer, clientSecret, ticketAddress }: NotificationConfig) =>
  ticketPeer(ticketAddress, serviceToken({ issuer, clientId: 'notification', clientSecret }))

const openMail = ({ host, mailPort }: NotificationConfig, rooms: Rooms, log: Logger): Promise<MailListener> =>
  startMailListener({
    host,
    port: mailPort,
    ownerOfToken: rooms.claimer.ownerOfToken,
    receive: receiveMail(rooms.transact, rooms.addReply),
    findBounced: findBounced(bounces(rooms)),
    receiveBounce: receiveBounce(bounces(rooms)),
    log,
  })

const bounces = ({ transact, claimer, nameMail, getOutgoing, addNote }: Rooms): BounceDeps => ({
  transact,
  getOutgoing,
  addNote,
  ownerOfToken: claimer.ownerOfToken,
  bounceToken: nameMail.bounceToken,
})

const serveFlow = (
  { host, rpcPort: port }: NotificationConfig,
  flow: Flow,
  options: Pick<ServeOptions, 'verify' | 'log' | 'metrics'>,
): Promise<RpcServer> =>
  serveRpc({ host, port, services: rowsOf(flow, 'serves'), operatorMethods: deadLetterMethods, ...options })

const openHealth = (config: NotificationConfig, metrics: Metrics, background: Background | undefined) =>
  serveHealth({
    host: config.host,
    port: config.healthPort,
    ready: () => background?.joined() ?? true,
    metrics,
  })

const running = (
  stack: AsyncDisposableStack,
  ports: { readonly rpc: number; readonly health: number; readonly mail: number },
  background: Background | undefined,
): NotificationServer => ({
  rpcPort: ports.rpc,
  healthPort: ports.health,
  mailPort: ports.mail,
  settled: async () => background?.settled() ?? true,
  [Symbol.asyncDispose]: () => stack.disposeAsync(),
})
