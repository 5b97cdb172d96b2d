import { createHash } from 'node:crypto'
import type { Message, Received } from '../message.ts'

/** As many as a topic of ours has, when nobody said otherwise. */
const DEFAULT_PARTITIONS = 12

export interface Partition {
  readonly topic: string
  readonly messages: Received[]
}

/** Every topic with its partitions, in the order the messages came. */
export interface Log {
  make(topic: string, partitions: number): void
  append(message: Message): void
  partitions(topic: string): readonly Partition[]
}

export function createLog(): Log {
  const topics = new Map<string, readonly Partition[]>()

  const make = (topic: string, count: number): readonly Partition[] => {
    const made = topics.get(topic) ?? Array.from({ length: count }, () => ({ topic, messages: [] }))
    topics.set(topic, made)
    return made
  }

  return {
    make,
    append(message) {
      const partitions = make(message.topic, DEFAULT_PARTITIONS)
      const number = partitionOf(message.key, partitions.length)
      const messages = partitions[number]?.messages
      messages?.push({
        ...message,
        value: Uint8Array.from(message.value),
        headers: { ...message.headers },
        partition: number,
        offset: String(messages.length),
        timestamp: Date.now(),
      })
    },
    partitions: (topic) => make(topic, DEFAULT_PARTITIONS),
  }
}

const partitionOf = (key: string, partitions: number): number =>
  createHash('sha256').update(key).digest().readUInt32BE(0) % partitions
