import { unavailable } from '@umbel/kernel'
import { type Kafka, Partitioners, type Producer, type TopicMessages } from 'kafkajs'
import type { Message } from '../message.ts'
import { inTime } from './in-time.ts'

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
      throw unavailable('kafka-away', 'Kafka did not take the messages', { cause })
    }
  }

  return {
    publish(messages) {
      if (messages.length === 0) return Promise.resolve()
      const sent = tail.then(() => send(messages))
      tail = sent.catch(() => undefined)
      return sent
    },
    async [Symbol.asyncDispose]() {
      await inTime(tail)
      if (producer) await disconnect(producer)
      producer = undefined
    },
  }
}

async function connectedProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
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
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value: Buffer.from(value), headers: { ...headers } })),
  }))
}
