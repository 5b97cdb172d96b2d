import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@umbel/kernel'
import type { Admin } from 'kafkajs'
import type { TopicSpec } from '../broker.ts'

const DEADLINE_MS = 30_000
const PAUSE_MS = 50

/** Makes missing topics and waits until every partition answers. Somebody else making them meanwhile is fine. */
export async function makeTopics(admin: Admin, prefix: string, specs: readonly TopicSpec[]): Promise<void> {
  if (specs.length === 0) return
  const topics = specs.map(({ name, partitions }) => ({ topic: prefix + name, numPartitions: partitions }))
  // Waiting for leaders in here fails with UNKNOWN_TOPIC_OR_PARTITION for topics that are a moment old.
  await admin.createTopics({ topics, waitForLeaders: false })
  await whileLeadersChange(() => ends(admin, topics))
}

/** What lies between the group's committed offsets and the ends; a group without an offset has everything ahead. */
export async function countLag(admin: Admin, groupId: string, topics: string[]): Promise<number> {
  return await whileLeadersChange(async () => {
    const committed = await admin.fetchOffsets({ groupId, topics })
    const counts = committed.map(async ({ topic, partitions }) => {
      const offsets = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      return (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => {
        const offset = offsets.get(partition) ?? -1
        return Number(high) - (offset < 0 ? Number(low) : offset)
      })
    })
    return (await Promise.all(counts)).flat().reduce((sum, count) => sum + count, 0)
  })
}

/** Fails unless each partition's leader knows that it leads; the metadata alone tells so a moment too early. */
async function ends(admin: Admin, topics: readonly { topic: string }[]): Promise<void> {
  const found = await Promise.all(topics.map(({ topic }) => admin.fetchTopicOffsets(topic)))
  if (found.some((partitions) => partitions.length === 0)) throw new Error('a topic has no partitions yet')
}

/** Asks again while partitions are new or move; what else fails fails so until the deadline, and is told then. */
async function whileLeadersChange<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    try {
      return await ask()
    } catch (cause) {
      if (performance.now() > deadline)
        throw unavailable('topics-not-ready', 'Kafka does not answer for these topics', { cause })
      await pause(PAUSE_MS)
    }
  }
}
