import { invalid, isUmbelError, unavailable } from '@umbel/kernel'
import type { Kafka, Producer, TopicMessages } from 'kafkajs'
import type { Message } from '../message.ts'
import { inTime } from './in-time.ts'
import { keyPartitioner } from './partitioner.ts'
import { portions } from './portions.ts'

const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 30 }

export interface Publisher extends AsyncDisposable {
  publish(messages: readonly Message[]): Promise<void>
}

/**
 * Sends one after the other through an idempotent producer. After a failed send the producer is thrown away: it does
 * not know whether the broker has the failed messages, and would number the next ones the same, which the broker would
 * then take for repeats and drop.
 */
export function createPublisher(kafka: Kafka, prefix: string): Publisher {
  let producer: Promise<Producer> | undefined
  let tail: Promise<unknown> = Promise.resolve()

  const send = async (messages: readonly Message[]): Promise<void> => {
    producer ??= connectedProducer(kafka)
    const current = producer
    try {
      const connected = await current
      await connected.sendBatch({ acks: -1, topicMessages: byTopic(messages, prefix) })
    } catch (cause) {
      producer = undefined
      await disconnect(current)
      if (isTooLarge(cause)) throw invalid('message-too-large', 'Kafka takes no messages as large as these', { cause })
      throw unavailable('kafka-away', 'Kafka did not take the messages', { cause })
    }
  }
  /** What is too large together goes in portions: nothing that the broker would take one by one is held up for good. */
  const sendAll = async (messages: readonly Message[]): Promise<void> => {
    try {
      await send(messages)
    } catch (error) {
      if (messages.length === 1 || !isUmbelError(error) || error.slug !== 'message-too-large') throw error
      for (const portion of portions(messages)) await send(portion)
    }
  }

  return {
    publish(messages) {
      if (messages.length === 0) return Promise.resolve()
      const sent = tail.then(() => sendAll(messages))
      tail = sent.catch(() => undefined) // told to whoever published it; the next in line only waits
      return sent
    },
    async [Symbol.asyncDispose]() {
      await inTime(tail)
      if (producer) await disconnect(producer)
      producer = undefined
    },
  }
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && TOO_LARGE.has(String(error.type))

async function connectedProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: keyPartitioner,
    retry: RETRY,
  })
  await producer.connect()
  return producer
}

/** A producer that never connected has nothing to close. */
async function disconnect(producer: Promise<Producer>): Promise<void> {
  const [outcome] = await Promise.allSettled([producer])
  if (outcome.status === 'fulfilled') await outcome.value.disconnect()
}

function byTopic(messages: readonly Message[], prefix: string): TopicMessages[] {
  const topics = Map.groupBy(messages, (message) => message.topic)
  return [...topics].map(([topic, ofTopic]) => ({
    topic: prefix + topic,
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value: asBuffer(value), headers })),
  }))
}

const asBuffer = (value: Uint8Array): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
