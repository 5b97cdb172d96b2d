import { topics } from '@umbel/contracts'
import { type Broker, createKafkaBroker, createRelay, type Flow, startConsumers } from '@umbel/messaging'
import type { Logger, Metrics } from '@umbel/service-kit'
import { type Database, openDatabase } from '@umbel/service-kit/store'
import { type GetOutgoing, type NameMail, preparePage } from './commands/prepare-page.ts'
import { type Mailer, sendPage } from './commands/send-page.ts'
import { type Sender, startSender } from './commands/sender.ts'
import { sweepCause } from './commands/sweep-cause.ts'
import type { NotificationConfig } from './config.ts'
import { askMaildev } from './outbound/maildev.ts'
import { createMailer } from './outbound/mailer.ts'
import type { Claimer } from './store/claimer.ts'
import type { Transact } from './store/unit-of-work.ts'
import { countMails, watchOutbox } from './telemetry.ts'

/** Mails end eight at a time; whoever counts them hears of them in handfuls. */
const RELAY_REST_MS = 50

export interface BackgroundParts {
  readonly config: NotificationConfig
  readonly app: Database
  readonly claimerDatabase: Database
  readonly claimer: Claimer
  readonly transact: Transact
  readonly flow: Flow
  readonly nameMail: NameMail
  readonly getOutgoing: GetOutgoing
  readonly broker: Broker | undefined
  readonly mailer: Mailer | undefined
  readonly log: Logger
  readonly metrics: Metrics
}

export interface Background extends AsyncDisposable {
  readonly sender: Sender
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
  await broker.ensureTopics([topics.ticket.events, topics.notification.events, topics.notification.dlq])
  const relay = starting.use(
    createRelay({ database: relayDatabase, broker, owner: config.owner, log, restMs: RELAY_REST_MS }),
  )
  watchOutbox(metrics, relay.depth)
  const mailer = counted(parts.mailer ?? starting.use(openMailer(config)), metrics)
  const sender = starting.use(startSenderOf(parts, mailer))
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
    sender,
    joined: () => consumers.joined(),
    settled: async () => (await consumers.settled()) && sender.idle() && (await relay.depth()).rows === 0,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function startSenderOf(parts: BackgroundParts, mailer: Mailer): Sender {
  const { transact, claimer, getOutgoing, nameMail, log, config } = parts
  return startSender({
    claimer,
    prepare: preparePage({ transact, getOutgoing, nameMail }),
    send: sendPage({ transact, mailer, owner: config.owner, jitter: Math.random }),
    sweep: sweepCause(transact),
    log,
  })
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
