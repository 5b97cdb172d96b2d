import { setTimeout as pause } from 'node:timers/promises'
import { startProxy, topicPrefix, until } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { createKafkaBroker } from '../src/kafka/kafka-broker.ts'
import { brokerContract } from './broker.contract.ts'
import { allInOrder, hear, numbered, withoutRepeats } from './heard.ts'

const CUT_MS = 2000
const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
const prefix = topicPrefix()

const open = (at: readonly string[] = brokers) =>
  createKafkaBroker({ brokers: at, clientId: 'test', topicPrefix: prefix })

brokerContract('Kafka', () => open())

describe('Kafka: topics', () => {
  it('lets many make the same topics at the same time, and again', async () => {
    await using one = open()
    await using two = open()
    const topics = [
      { name: 'made-1', partitions: 12 },
      { name: 'made-2', partitions: 3 },
    ]
    await Promise.all([one, two, one, two].map((broker) => broker.ensureTopics(topics)))
    await one.ensureTopics(topics)
    expect(await two.lag('nobody', ['made-1', 'made-2'])).toBe(0)
  })
})

describe('Kafka: large messages', () => {
  const large = (bytes: number, key = 'same') => ({ topic: 'large', key, value: new Uint8Array(bytes), headers: {} })

  it('takes together what it would take one by one, in order', async () => {
    await using broker = open()
    await broker.ensureTopics([{ name: 'large', partitions: 12 }])
    await using heard = await hear(broker, { group: 'large', topics: ['large'] })
    const sizes = [300_000, 310_000, 320_000, 330_000]
    await broker.publish(sizes.map((bytes) => large(bytes)))
    await until(() => heard.messages.length >= 4, { what: 'four messages' })
    expect(heard.messages.map(({ value }) => value.length)).toEqual(sizes)
  })

  it('refuses by name what it will never take, and takes what comes next', async () => {
    await using broker = open()
    await broker.ensureTopics([{ name: 'large', partitions: 12 }])
    const refusal = { kind: 'invalid', slug: 'message-too-large' }
    await expect(broker.publish([large(1_100_000)])).rejects.toMatchObject(refusal)
    await expect(broker.publish([large(1_100_000), large(10)])).rejects.toMatchObject(refusal)
    await broker.publish([large(10)])
  })
})

describe('Kafka: a broken connection', () => {
  it('loses nothing while the broker is out of reach for a while', async () => {
    const [address = ''] = brokers
    const [host = '', port = ''] = address.split(':')
    await using proxy = await startProxy({ host, port: Number(port) }, (answer, own) =>
      readdressed(answer, { host, port: Number(port) }, own),
    )
    await using broker = open([`${host}:${proxy.port}`])
    await broker.ensureTopics([{ name: 'cut', partitions: 12 }])
    await using heard = await hear(broker, { group: 'cut', topics: ['cut'] })
    await broker.publish(numbered('cut', 200, 20))
    const sends = Array.from({ length: 10 }, (_, send) => broker.publish(numbered('cut', 20, 20, 200 + send * 20)))
    proxy.cut()
    sends.push(broker.publish(numbered('cut', 100, 20, 400)))
    await pause(CUT_MS) // The length of the outage, not a wait for something.
    proxy.mend()
    await Promise.all(sends)
    await broker.publish(numbered('cut', 100, 20, 500))
    await until(() => [...withoutRepeats(heard.messages).values()].flat().length === 600, {
      what: 'all messages after the outage',
      deadlineMs: 20_000,
    })
    expect(withoutRepeats(heard.messages)).toEqual(allInOrder(600, 20))
    await until(async () => (await broker.lag('cut', ['cut'])) === 0, { what: 'everything committed' })
  })
})

/** Kafka tells clients where to find it: put the proxy's port there, so that they keep coming through the proxy. */
function readdressed(answer: Buffer, told: { host: string; port: number }, own: number): Buffer {
  const address = Buffer.alloc(2 + told.host.length + 4)
  address.writeInt16BE(told.host.length, 0)
  address.write(told.host, 2)
  address.writeInt32BE(told.port, 2 + told.host.length)
  const changed = Buffer.from(answer)
  for (let at = changed.indexOf(address); at >= 0; at = changed.indexOf(address, at + 1))
    changed.writeInt32BE(own, at + 2 + told.host.length)
  return changed
}
