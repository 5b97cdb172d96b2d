import { randomBytes, randomUUID } from 'node:crypto'
import { Partitioners, type PartitionMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import { keyPartitioner } from './partitioner.ts'

const metadata = (count: number): PartitionMetadata[] =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    leader: 0,
    isr: [0],
    replicas: [0],
    partitionErrorCode: 0,
  }))

test('a key goes to the partition that kafkajs would choose', () => {
  const [ours, theirs] = [keyPartitioner(), Partitioners.DefaultPartitioner()]
  const keys = Array.from({ length: 2000 }, (_, at) =>
    at % 2 === 0 ? `${randomUUID()}:${at}` : randomBytes(at % 40).toString('latin1'),
  )
  for (const key of ['', 'ä', '🙂', ...keys]) {
    const chosen = { topic: 'any', partitionMetadata: metadata(12), message: { key, value: null } }
    expect(ours(chosen), JSON.stringify(key)).toBe(theirs(chosen))
  }
})
