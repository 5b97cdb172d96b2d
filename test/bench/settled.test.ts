import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createMemoryBroker } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { followedAt } from './settled.ts'

const topic = topics.ticket.events

it('linking has followed when the last event is said and its consumer has handled it, not before', async () => {
  const happened: string[] = []
  await using broker = createMemoryBroker()
  await broker.ensureTopics([topic])
  const release = Promise.withResolvers<void>()
  await using _linking = await broker.subscribe({
    group: 'linking.on-ticket-event',
    topics: [topic.name],
    onBatch: async () => {
      happened.push('heard')
      await release.promise
      happened.push('handled')
    },
  })
  let looks = 0
  const unsaid = async () => {
    looks += 1
    if (looks < 3) return true // an outbox that still holds it, while the consumer has nothing before it
    if (looks === 3) await broker.publish([{ topic: topic.name, key: newId(), value: new Uint8Array(), headers: {} }])
    return false
  }
  let lags = 0
  const counted: Broker = {
    ...broker,
    async lag(group, names) {
      lags += 1
      return broker.lag(group, names)
    },
  }
  const followed = followedAt(unsaid, counted).then(() => happened.push('followed'))
  await until(() => lags >= 3, { what: 'three looks at the lag' })
  release.resolve()
  await followed
  expect(happened).toEqual(['heard', 'handled', 'followed'])
})
