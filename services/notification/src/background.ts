import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createKafkaBroker, createRelay, type Flow, startConsumers } from '@umbel/messaging'
import { type Logger, type Metrics, repeat, watchOutbox } from '@umbel/service-kit'
import { type Database, openDatabase, rows } from '@umbel/service-kit/store'
import { giveBackProbes, noteDestinations } from './commands/note-destinations.ts'
import { type GetOutgoing, type NameMail, preparePage } from './commands/prepare-page.ts'
import type { SecretBox } from './commands/secret-box.ts'
import type { Mailer } from './commands/send-one.ts'
import { createPageSender } from './commands/send-page.ts'
import { type Post, sendWebhooks } from './commands/send-webhooks.ts'
import { type Sender, startSender } from './commands/sender.ts'
import { sweepCause } from './commands/sweep-cause.ts'
import { tripCause } from './commands/trip-cause.ts'
import { startWebhookSender, type WebhookSender } from './commands/webhook-sender.ts'
import type { NotificationConfig } from './config.ts'
import { askMaildev } from './outbound/maildev.ts'
import { createMailer } from './outbound/mailer.ts'
import { telling } from './outbound/notification-events.ts'
import { createWebhookClient } from './outbound/webhook-client.ts'
import type { Claimer } from './store/claimer.ts'
import { forgetOld } from './store/forget-old.ts'
import { createTakeTurn } from './store/take-turn.ts'
import type { Transact } from './store/unit-of-work.ts'
import { countMails, countWebhooks } from './telemetry.ts'

/** Mails end a window at a time; whoever counts them hears of them in handfuls. */
const RELAY_REST_MS = 50
const FORGET_EVERY_MS = 3_600_000

export interface BackgroundParts {
  readonly config: NotificationConfig
  readonly app: Database
  readonly claimerDatabase: Database
  readonly claimer: Claimer
  readonly transact: Transact
  readonly box: SecretBox
  readonly flow: Flow
  readonly nameMail: NameMail
  readonly getOutgoing: GetOutgoing
  readonly broker: Broker | undefined
  readonly mailer: Mailer | undefined
  readonly log: Logger
  readonly metrics: Metrics
}

export interface Background extends AsyncDisposable {
  /** Something became due. */
  wake(): void
  joined(): boolean
  /** Whether nothing waits to be heard, sent or said. */
  settled(): Promise<boolean>
}

/** Consumers, relay and sender: what nobody waits for. */
export async function startBackground(parts: BackgroundParts): Promise<Background> {
  const { config, flow, log, metrics } = parts
  await using starting = new AsyncDisposableStack()
  const relayDatabase = starting.use(
    openDatabase({ url: config.databases.relay, poolMax: 2, applicationName: 'notification relay' }),
  )
  const broker = parts.broker ?? starting.use(openBroker(config))
  await broker.ensureTopics([
    topics.ticket.events,
    topics.operation.events,
    topics.notification.events,
    topics.notification.dlq,
  ])
  const relay = starting.use(
    createRelay({ database: relayDatabase, broker, owner: config.owner, log, restMs: RELAY_REST_MS }),
  )
  watchOutbox(metrics, relay.depth)
  const mailer = counted(parts.mailer ?? starting.use(openMailer(config)), metrics)
  const sender = starting.use(startSenderOf(parts, mailer))
  const webhooks = starting.use(openWebhooks(parts))
  starting.use(repeat('forget-old', FORGET_EVERY_MS, forgetOld(parts.app, parts.claimerDatabase), log))
  const consumers = starting.use(
    await startConsumers({
      flow,
      broker,
      database: parts.app,
      claimer: parts.claimerDatabase,
      log,
      metrics: metrics.consume,
    }),
  )
  const stack = starting.move()
  return {
    wake() {
      sender.wake()
      webhooks.wake()
    },
    joined: () => consumers.joined(),
    settled: async () =>
      (await consumers.settled()) && sender.idle() && webhooks.idle() && (await relay.depth()).rows === 0,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function startSenderOf(parts: BackgroundParts, mailer: Mailer): Sender {
  const { transact, claimer, getOutgoing, nameMail, log, config } = parts
  const owner = `${config.owner}/${newId()}` // no other run has it: what it leased is known here to be in flight or not
  return startSender({
    claimer,
    prepare: preparePage({ transact, getOutgoing, nameMail }),
    pages: createPageSender({
      transact,
      takeTurn: createTakeTurn(
        (text, bindings) => parts.app.alone((statements) => rows(statements, text, bindings)),
        telling,
      ),
      unlease: (workspaceId, ids) => transact({ workspaceId }, ({ queue }) => queue.unlease(ids, owner)),
      mailer,
      owner,
      jitter: Math.random,
      trip: tripCause(transact),
      note: noteDestinations(transact),
      giveBack: giveBackProbes(transact),
      log,
    }),
    sweep: sweepCause(transact),
    log,
  })
}

function openWebhooks({ transact, claimer, box, log, config, metrics }: BackgroundParts): WebhookSender {
  const client = createWebhookClient({ allowPrivate: config.webhooksInside, now: () => new Date() })
  const post = countedPost(client, metrics)
  const send = sendWebhooks({ transact, post, box, owner: config.owner, jitter: Math.random })
  const sender = startWebhookSender({ claimer, send, log })
  return {
    ...sender,
    async [Symbol.asyncDispose]() {
      await sender[Symbol.asyncDispose]()
      client[Symbol.dispose]()
    },
  }
}

const openBroker = ({ kafka: { brokers, topicPrefix } }: NotificationConfig): Broker =>
  createKafkaBroker({ brokers, clientId: 'notification', topicPrefix })

const openMailer = ({ smtpUrl, maildevUrl }: NotificationConfig) =>
  createMailer({
    url: smtpUrl,
    now: () => new Date(),
    ...(maildevUrl === undefined ? {} : { wasAccepted: askMaildev(maildevUrl) }),
  })

function counted(mailer: Mailer, metrics: Metrics): Mailer {
  const count = countMails(metrics)
  return {
    wasAccepted: mailer.wasAccepted,
    async send(mail, body, mayStart) {
      const result = await mailer.send(mail, body, mayStart)
      count(result.kind)
      return result
    },
  }
}

function countedPost(post: Post, metrics: Metrics): Post {
  const count = countWebhooks(metrics)
  return async (message) => {
    const result = await post(message)
    count(result)
    return result
  }
}
