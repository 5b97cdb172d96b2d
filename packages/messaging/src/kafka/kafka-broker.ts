import { setTimeout as pause } from 'node:timers/promises'
import { isUmbelError } from '@umbel/kernel'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import type { Broker, Subscription } from '../broker.ts'
import { askVersions, checkVersions } from './api-versions.ts'
import { startConsumer } from './consumer.ts'
import { type BrokerLog, logCreator, silent } from './log.ts'
import { createPublisher } from './publisher.ts'
import { countLag, makeTopics } from './topics.ts'

const FIRST_CONTACT_MS = 30_000
const FIRST_CONTACT_PAUSE_MS = 250
const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 30 }

export interface KafkaBrokerOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Goes before every topic and group on the wire; nobody outside sees it. */
  readonly topicPrefix?: string
  readonly log?: BrokerLog
}

/** The port over kafkajs. It connects when it is first used. */
export function createKafkaBroker(options: KafkaBrokerOptions): Broker {
  const { brokers, clientId, topicPrefix = '', log = silent } = options
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    retry: RETRY,
    logLevel: logLevel.INFO,
    logCreator: logCreator(log),
  })
  const publisher = createPublisher(kafka, topicPrefix)
  const subscriptions = new Set<Subscription>()
  const versions = once(() => firstContact(brokers))
  const admin = once(async () => {
    await versions()
    const connecting = kafka.admin({ retry: RETRY })
    await connecting.connect()
    return connecting
  })

  return {
    async publish(messages) {
      await versions()
      await publisher.publish(messages)
    },
    async subscribe(wanted) {
      await versions()
      const subscription = await startConsumer(kafka, topicPrefix, wanted, log)
      subscriptions.add(subscription)
      return {
        joined: () => subscription.joined(),
        async [Symbol.asyncDispose]() {
          if (subscriptions.delete(subscription)) await subscription[Symbol.asyncDispose]()
        },
      }
    },
    ensureTopics: async (topics) => makeTopics(await admin(), topicPrefix, topics),
    lag: async (group, topics) =>
      countLag(
        await admin(),
        topicPrefix + group,
        topics.map((topic) => topicPrefix + topic),
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all([...subscriptions].map((subscription) => subscription[Symbol.asyncDispose]()))
      subscriptions.clear()
      await publisher[Symbol.asyncDispose]()
      await admin.made()?.then((made: Admin) => made.disconnect())
    },
  }
}

/** A broker that starts is waited for; one that is too new is refused at once. */
async function firstContact(brokers: readonly string[]): Promise<void> {
  const deadline = performance.now() + FIRST_CONTACT_MS
  for (;;) {
    try {
      return checkVersions(await askVersions(brokers))
    } catch (error) {
      const away = isUmbelError(error) && error.kind === 'unavailable'
      if (!away || performance.now() > deadline) throw error
      await pause(FIRST_CONTACT_PAUSE_MS)
    }
  }
}

/** Makes it on first use; a failure is not kept. */
function once<T>(make: () => Promise<T>): { (): Promise<T>; made(): Promise<T> | undefined } {
  let made: Promise<T> | undefined
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
  return Object.assign(get, { made: () => made })
}
