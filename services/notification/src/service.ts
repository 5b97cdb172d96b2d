import { type Broker, createDeadLetters, type Flow, rowsOf } from '@umbel/messaging'
import { createVerifier, type RpcServer, serveRpc, serviceToken, type TokenVerifier } from '@umbel/rpc'
import {
  actorsBy,
  createLogger,
  createMetrics,
  deadLetterRpc,
  type Logger,
  type Metrics,
  serveHealth,
} from '@umbel/service-kit'
import { assertAppRole, type Database, openDatabase } from '@umbel/service-kit/store'
import { type Background, startBackground } from './background.ts'
import { deleteSuppression } from './commands/delete-suppression.ts'
import { deleteWebhook } from './commands/delete-webhook.ts'
import { holdCause } from './commands/hold-cause.ts'
import { markNoticeRead } from './commands/mark-notice-read.ts'
import { putWebhook } from './commands/put-webhook.ts'
import { raiseNotifications } from './commands/raise-notifications.ts'
import { receiveMail } from './commands/receive-mail.ts'
import { retryCause } from './commands/retry-cause.ts'
import { rotateWebhookSecret } from './commands/rotate-webhook-secret.ts'
import type { Mailer } from './commands/send-page.ts'
import type { NotificationConfig } from './config.ts'
import { notificationFlow } from './flow.ts'
import { type MailListener, startMailListener } from './inbound/mail.ts'
import { createMailNames } from './outbound/mail-names.ts'
import { outcomeOf, tellNotificationChanged } from './outbound/notification-events.ts'
import { createSecretBox } from './outbound/secret-box.ts'
import { type TicketPeer, ticketPeer } from './outbound/ticket-peer.ts'
import { namesInside } from './outbound/webhook-address.ts'
import { listNotices } from './queries/list-notices.ts'
import { listNotifications } from './queries/list-notifications.ts'
import { listSuppressions } from './queries/list-suppressions.ts'
import { listWebhooks } from './queries/list-webhooks.ts'
import { createClaimer } from './store/claimer.ts'
import { readNotifications } from './store/notification-read.ts'
import { createTransact } from './store/unit-of-work.ts'

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

const OPERATOR_METHODS = ['ListDeadLetters', 'GetDeadLetter', 'ReplayDeadLetter', 'DiscardDeadLetter'].map(
  (method) => `umbel.common.v1.DeadLetterService/${method}`,
)
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
  if (background !== undefined) rooms.onWake(background.sender.wake)
  const mail = config.role === 'background' ? undefined : starting.use(await openMail(config, rooms, log))
  const rpc = starting.use(await serveFlow(config, rooms.flow, parts.verify, log))
  const health = starting.use(await openHealth(config, metrics, background))
  return running(starting.move(), { rpc: rpc.port, health: health.port, mail: mail?.port ?? 0 }, background)
}

/** Rooms joined: stores under commands and queries, those under the flow. */
function wire(config: NotificationConfig, app: Database, claimerDatabase: Database, ticket: TicketPeer) {
  const transact = createTransact(app, tellNotificationChanged)
  const actorOf = actorsBy(ticket.findActor)
  const box = createSecretBox(config.secretKey)
  const webhooks = { transact, box, allowPrivate: config.webhooksInside, isRefused: namesInside }
  let wake = () => {}
  const flow = notificationFlow({
    rpc: {
      actorOf,
      moveCause: holdCause(transact),
      retryCause: retryCause(transact),
      list: listNotifications(readNotifications(app), ticket.visibleTickets),
      outcomeOf,
      putWebhook: putWebhook(webhooks),
      deleteWebhook: deleteWebhook(transact),
      rotateSecret: rotateWebhookSecret(webhooks),
      listWebhooks: listWebhooks(transact),
      listSuppressions: listSuppressions(transact),
      deleteSuppression: deleteSuppression(transact),
      listNotices: listNotices(transact),
      markNoticeRead: markNoticeRead(transact),
    },
    raise: raiseNotifications(transact),
    wake: () => wake(),
    deadLetters: (heard) => deadLetterRpc(createDeadLetters(app, heard), actorOf),
  })
  return {
    transact,
    flow,
    claimer: createClaimer(claimerDatabase),
    nameMail: createMailNames(config.tokenKey),
    getOutgoing: ticket.getOutgoing,
    addReply: ticket.addReply,
    onWake: (run: () => void) => {
      wake = run
    },
  }
}

type Rooms = ReturnType<typeof wire>

const openTicket = ({ issuer, clientSecret, ticketAddress }: NotificationConfig) =>
  ticketPeer(ticketAddress, serviceToken({ issuer, clientId: 'notification', clientSecret }))

const openMail = ({ host, mailPort }: NotificationConfig, rooms: Rooms, log: Logger): Promise<MailListener> =>
  startMailListener({
    host,
    port: mailPort,
    ownerOfToken: rooms.claimer.ownerOfToken,
    receive: receiveMail(rooms.transact, rooms.addReply),
    log,
  })

const serveFlow = (
  { host, rpcPort, issuer }: NotificationConfig,
  flow: Flow,
  verify: TokenVerifier = createVerifier({ issuer, audience: 'umbel' }),
  log: Logger,
): Promise<RpcServer> =>
  serveRpc({ host, port: rpcPort, services: rowsOf(flow, 'serves'), verify, operatorMethods: OPERATOR_METHODS, log })

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
