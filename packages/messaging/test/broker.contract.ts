import { until } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../src/broker.ts'
import type { Received } from '../src/message.ts'
import { aborted, allInOrder, byKey, hear, numbered, partitionsIn, withoutRepeats } from './heard.ts'

const DEADLINE_MS = 20_000
const PARTITIONS = 12

/** What every adapter promises. `open` gives one more client of the same broker. */
export function brokerContract(name: string, open: () => Broker): void {
  let topics = 0
  const newTopic = async (broker: Broker): Promise<string> => {
    const topic = `contract.${++topics}`
    await broker.ensureTopics([{ name: topic, partitions: PARTITIONS }])
    return topic
  }
  const drained = (broker: Broker, group: string, topic: string): Promise<boolean> =>
    until(async () => (await broker.lag(group, [topic])) === 0, {
      what: `${group} to have committed everything`,
      deadlineMs: DEADLINE_MS,
    })

  describe(`${name}: delivery`, () => {
    it('brings keys, headers and bytes as they were', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await using heard = await hear(broker, { group: 'bytes', topics: [topic] })
      const value = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const headers = { ce_id: '1', 'content-type': 'application/protobuf', ce_note: 'Grüße ✓' }
      await broker.publish([{ topic, key: 'Ключ:1', value, headers }])
      const message = await until(() => heard.messages[0], { what: 'the message' })
      expect(message).toMatchObject({ topic, key: 'Ключ:1', headers, offset: '0' })
      expect(new Uint8Array(message.value)).toEqual(value)
      expect(Math.abs(Date.now() - message.timestamp)).toBeLessThan(60_000)
    })

    it('keeps the order of each key', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await using heard = await hear(broker, { group: 'order', topics: [topic] })
      const sends = Array.from({ length: 20 }, (_, send) => broker.publish(numbered(topic, 100, 50, send * 100)))
      await Promise.all(sends)
      await until(() => heard.messages.length >= 2000, { what: '2000 messages' })
      expect(byKey(heard.messages)).toEqual(allInOrder(2000, 50))
    })

    it('starts a new group at the beginning, and each group hears everything', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await broker.publish(numbered(topic, 60, 12))
      await using one = await hear(broker, { group: 'beginning-1', topics: [topic] })
      await using two = await hear(broker, { group: 'beginning-2', topics: [topic] })
      await until(() => one.messages.length === 60 && two.messages.length === 60, { what: '60 messages each' })
      expect(byKey(two.messages)).toEqual(allInOrder(60, 12))
    })

    it('counts the lag down to nothing', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await broker.publish(numbered(topic, 100, 12))
      expect(await broker.lag('lag', [topic])).toBe(100)
      await using _ = await hear(broker, { group: 'lag', topics: [topic] })
      await drained(broker, 'lag', topic)
    })

    it('merges partitions into batches of at most 500, one at a time', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await broker.publish(numbered(topic, 1800, 60))
      let running = 0
      let most = 0
      await using heard = await hear(broker, { group: 'merge', topics: [topic] }, async ({ messages }) => {
        most = Math.max(most, ++running)
        expect(messages.length).toBeLessThanOrEqual(500)
        await Promise.resolve()
        running--
      })
      await drained(broker, 'merge', topic)
      expect(most).toBe(1)
      expect(Math.max(...heard.batches.map(partitionsIn))).toBeGreaterThan(1)
      await broker.publish(numbered(topic, 60, 60, 1800))
      await until(() => heard.messages.length === 1860, { what: 'one more message of each key' })
      expect(partitionsIn(heard.batches.at(-1) ?? [])).toBeGreaterThan(1)
      expect(byKey(heard.messages)).toEqual(allInOrder(1860, 60))
    })
  })

  describe(`${name}: failures`, () => {
    it('brings a failed batch again, whole and in order', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      await broker.publish(numbered(topic, 300, 30))
      const failed: Received[][] = []
      await using heard = await hear(broker, { group: 'redelivery', topics: [topic] }, ({ messages }) => {
        if (failed.length >= 3) return
        failed.push([...messages])
        throw new TypeError('not this time')
      })
      await drained(broker, 'redelivery', topic)
      expect(failed).toHaveLength(3)
      expect(byKey(heard.messages)).toEqual(allInOrder(300, 30))
    })

    it('loses nothing to a message that fails for a while', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      let refusals = 0
      await using heard = await hear(broker, { group: 'poison', topics: [topic] }, ({ messages }) => {
        if (refusals < 4 && messages.some(({ key }) => key === 'poison')) {
          refusals++
          throw new Error('cannot stand it')
        }
      })
      await broker.publish(numbered(topic, 100, 20))
      await broker.publish([{ topic, key: 'poison', value: new TextEncoder().encode('{"seq":0}'), headers: {} }])
      await broker.publish(numbered(topic, 100, 20, 100))
      await drained(broker, 'poison', topic)
      expect(refusals).toBe(4)
      expect(byKey(heard.messages)).toEqual(allInOrder(200, 20).set('poison', [0]))
    })
  })

  describe(`${name}: members`, () => {
    it('goes on where a closed member stopped', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      const first = await hear(broker, { group: 'restart', topics: [topic] })
      await broker.publish(numbered(topic, 120, 12))
      await until(() => first.messages.length >= 120, { what: 'the first half' })
      await first[Symbol.asyncDispose]()
      await broker.publish(numbered(topic, 120, 12, 120))
      await using other = open()
      await using second = await hear(other, { group: 'restart', topics: [topic] })
      await drained(broker, 'restart', topic)
      expect(first.messages).toHaveLength(120)
      expect(byKey([...first.messages, ...second.messages])).toEqual(allInOrder(240, 12))
    })

    it('lets the batch in hand end when it stops, and starts no other', async () => {
      await using broker = open()
      const topic = await newTopic(broker)
      const started = Promise.withResolvers<void>()
      let batches = 0
      const heard = await hear(broker, { group: 'stop', topics: [topic] }, async ({ signal }) => {
        batches++
        started.resolve()
        await aborted(signal)
      })
      await broker.publish(numbered(topic, 1, 1))
      await started.promise
      await broker.publish(numbered(topic, 50, 50, 50))
      await heard[Symbol.asyncDispose]()
      expect(heard.subscription.joined()).toBe(false)
      expect(batches).toBe(1)
      expect(await broker.lag('stop', [topic])).toBe(51 - heard.messages.length)
    })

    it('tells the batch in hand when its partitions are taken away', async () => {
      await using one = open()
      await using two = open()
      const topic = await newTopic(one)
      const started = Promise.withResolvers<void>()
      let gaveUp = false
      await using first = await hear(one, { group: 'taken', topics: [topic] }, async ({ signal }) => {
        if (gaveUp) return
        started.resolve()
        await aborted(signal)
        gaveUp = true
        throw new Error('gave up')
      })
      await one.publish(numbered(topic, 60, 20))
      await started.promise
      await using second = await hear(two, { group: 'taken', topics: [topic] })
      await drained(one, 'taken', topic)
      expect(gaveUp).toBe(true)
      expect(withoutRepeats([...first.messages, ...second.messages])).toEqual(allInOrder(60, 20))
    })

    it('shares the partitions, and loses nothing while members come and go', async () => {
      await using one = open()
      await using two = open()
      const topic = await newTopic(one)
      const together: Received[] = []
      const keep = ({ messages }: { messages: readonly Received[] }): void => void together.push(...messages)
      await using first = await hear(one, { group: 'share', topics: [topic] }, keep)
      await one.publish(numbered(topic, 400, 40))
      const second = await hear(two, { group: 'share', topics: [topic] }, keep)
      await until(() => first.subscription.joined() && second.subscription.joined(), {
        what: 'both members to have joined',
        deadlineMs: DEADLINE_MS,
      })
      await one.publish(numbered(topic, 400, 40, 400))
      await drained(one, 'share', topic)
      expect(second.messages.length).toBeGreaterThan(0)
      await one.publish(numbered(topic, 400, 40, 800))
      await second[Symbol.asyncDispose]()
      await drained(one, 'share', topic)
      expect(withoutRepeats(together)).toEqual(allInOrder(1200, 40))
    })
  })
}
