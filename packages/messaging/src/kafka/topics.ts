import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@umbel/kernel'
import type { Admin } from 'kafkajs'
import type { TopicSpec } from '../broker.ts'

const DEADLINE_MS = 30_000
const PAUSE_MS = 50

/** Makes missing topics and waits until each partition has a leader. Somebody else making them meanwhile is fine. */
export async function makeTopics(admin: Admin, prefix: string, specs: readonly TopicSpec[]): Promise<void> {
  if (specs.length === 0) return
  const topics = specs.map(({ name, partitions }) => ({ topic: prefix + name, numPartitions: partitions }))
  // Waiting for leaders in here fails with UNKNOWN_TOPIC_OR_PARTITION for topics that are a moment old.
  await admin.createTopics({ topics, waitForLeaders: false })
  const names = topics.map(({ topic }) => topic)
  const deadline = performance.now() + DEADLINE_MS
  for (let state = await leaders(admin, names); state !== 'ready'; state = await leaders(admin, names)) {
    if (performance.now() > deadline)
      throw unavailable('topics-not-ready', 'Topics have no leaders yet', { cause: state })
    await pause(PAUSE_MS)
  }
}

async function leaders(admin: Admin, topics: string[]): Promise<'ready' | Error> {
  try {
    const { topics: found } = await admin.fetchTopicMetadata({ topics })
    const led = found.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
    return led && found.length === topics.length ? 'ready' : new Error('a partition has no leader')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** What lies between the group's committed offsets and the ends; a group without an offset has everything ahead. */
export async function countLag(admin: Admin, groupId: string, topics: string[]): Promise<number> {
  const committed = await admin.fetchOffsets({ groupId, topics })
  const counts = committed.map(async ({ topic, partitions }) => {
    const ends = await admin.fetchTopicOffsets(topic)
    const offsets = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    return ends.map(({ partition, high, low }) => {
      const offset = offsets.get(partition) ?? -1
      return Number(high) - (offset < 0 ? Number(low) : offset)
    })
  })
  return (await Promise.all(counts)).flat().reduce((sum, count) => sum + count, 0)
}
