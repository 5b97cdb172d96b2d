import { setTimeout as pause } from 'node:timers/promises'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type { SubscribeOptions, Subscription } from '../broker.ts'
import type { Merger } from '../merge/merger.ts'
import { createGroupWork } from './group-work.ts'
import { inTime } from './in-time.ts'
import type { BrokerLog } from './log.ts'
import { received } from './received.ts'

const PARTITIONS_AT_ONCE = 12
const REBUILD_PAUSE_MS = 1000

/** Joins the group; resolves when the group has given the partitions, which a rebalance may take away again. */
export async function startConsumer(
  kafka: Kafka,
  prefix: string,
  options: SubscribeOptions,
  log: BrokerLog,
): Promise<Subscription> {
  const merger = createGroupWork(options.onBatch, log)
  let joined = false
  let stopping = false
  let rebuilding: Promise<void> | undefined

  const build = async (): Promise<Consumer> => {
    const consumer = newConsumer(kafka, prefix + options.group)
    // an answered heartbeat proves it too: after a broker's restart word of the loss may come behind word of the return
    for (const event of [consumer.events.GROUP_JOIN, consumer.events.HEARTBEAT] as const)
      consumer.on(event, () => {
        joined = true
      })
    for (const event of [consumer.events.REBALANCING, consumer.events.CRASH, consumer.events.DISCONNECT] as const)
      consumer.on(event, () => {
        joined = false
      })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && !stopping) rebuilding = rebuild(payload.error)
    })
    try {
      await start(consumer)
    } catch (error) {
      await consumer.disconnect()
      throw error
    }
    return consumer
  }

  const start = async (consumer: Consumer): Promise<void> => {
    await consumer.connect()
    await consumer.subscribe({ topics: options.topics.map((topic) => prefix + topic), fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => merge(merger, payload, prefix),
    })
  }

  /** kafkajs restarts itself after errors it thinks will pass; after others we start anew. */
  const rebuild = async (cause: Error): Promise<void> => {
    for (let error: unknown = cause; error !== undefined && !stopping; ) {
      log.warn({ err: error, group: options.group }, 'a consumer ended, starting it again')
      await pause(REBUILD_PAUSE_MS)
      if (stopping) return
      error = await build().then(
        (built) => {
          consumer = built
          return undefined
        },
        (failure: unknown) => failure ?? new Error('the consumer did not start'),
      )
    }
  }

  const leave = async (): Promise<void> => {
    await rebuilding
    await consumer.disconnect()
  }

  let consumer = await build()
  return {
    joined: () => joined && !stopping,
    async [Symbol.asyncDispose]() {
      stopping = true
      await merger[Symbol.asyncDispose]()
      if (!(await inTime(leave()))) log.warn({ group: options.group }, 'left the group without a farewell')
    },
  }
}

function newConsumer(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: 6000,
    rebalanceTimeout: 15_000,
    heartbeatInterval: 1000,
    maxWaitTimeInMs: 1000,
    minBytes: 1,
    allowAutoTopicCreation: false,
    retry: {
      initialRetryTime: 100,
      maxRetryTime: 1000,
      retries: Number.MAX_SAFE_INTEGER,
      restartOnFailure: async () => true,
    },
  })
}

async function merge(merger: Merger<EachBatchPayload>, payload: EachBatchPayload, prefix: string): Promise<void> {
  if (!payload.isRunning() || payload.isStale()) return
  const { topic, partition, messages } = payload.batch
  const name = topic.slice(prefix.length)
  await merger.add(
    payload,
    messages.map((message) => received(name, partition, message)),
  )
}
