import { topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type TestDatabase, topicPrefix, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  appendToOutbox,
  type Broker,
  createDeadLetters,
  createKafkaBroker,
  createRelay,
  enterWorkspace,
  type Message,
  on,
  startConsumers,
} from '../src/index.ts'
import { messagingDatabase, openSource } from './fixture.ts'
import { effectsOf, probeHandler, probeMessage, probeName, probeTopic, quiet, type Trouble } from './probe.ts'

const KEYS = 40
const VERSIONS = 15

/** The whole way on real servers: a row in the outbox, Kafka, a row of effect. */
describe('from outbox to effect', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  let relayRole: ReturnType<typeof openSource>
  let claimer: ReturnType<typeof openSource>
  let broker: Broker
  let workspace: string

  beforeAll(async () => {
    database = await messagingDatabase()
    app = openSource(database.urls.app)
    relayRole = openSource(database.urls.relay)
    claimer = openSource(database.urls.claimer)
    const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
    broker = createKafkaBroker({ brokers, clientId: 'probe', topicPrefix: topicPrefix() })
    await broker.ensureTopics([probeTopic, topics.linking.dlq])
  })
  afterAll(async () => {
    for (const open of [broker, app, relayRole, claimer, database]) await open[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    workspace = newId()
  })
  const start = (trouble?: Trouble) =>
    startConsumers({
      flow: [on(probeTopic, probeName, probeHandler(trouble))],
      broker,
      database: app,
      claimer,
      log: quiet,
    })
  const settled = (consumers: { settled(): Promise<boolean> }) =>
    until(() => consumers.settled(), { what: 'the consumers to settle', deadlineMs: 20_000 })
  const say = (messages: readonly Message[]) =>
    app.transaction(async (trx) => {
      enterWorkspace(trx, workspace)
      await appendToOutbox(
        trx,
        messages.map((message) => ({ ...message, workspaceId: workspace })),
      )
    })
  const version = (at: number) =>
    Array.from({ length: KEYS }, (_, key) => probeMessage(workspace, `m${String(key).padStart(2, '0')}`, at))
  const inOrder = (text: string): [string, number] => [text.slice(0, 3), Number(text.slice(4))]
  const perKey = async () => Map.groupBy((await effectsOf(app.knex, workspace)).map(inOrder), ([key]) => key)
  const everythingOnce = async (): Promise<void> => {
    const keys = await perKey()
    expect(keys.size).toBe(KEYS)
    const expected = Array.from({ length: VERSIONS }, (_, at) => at + 1)
    for (const events of keys.values()) expect(events.map(([, at]) => at)).toEqual(expected)
  }

  it('applies each event once and in order, though all are delivered twice and consumers come and go', async () => {
    await using relay = createRelay({ database: relayRole, broker, owner: 'probe', log: quiet })
    const first = await start()
    const all = Array.from({ length: VERSIONS }, (_, at) => version(at + 1))
    for (const page of all.slice(0, 8)) await say(page)
    await relay.drain()
    await broker.publish(all.slice(0, 8).flat())
    await until(async () => (await effectsOf(app.knex, workspace)).length > 0, { what: 'the first effects' })
    await first[Symbol.asyncDispose]()
    await using second = await start()
    for (const page of all.slice(8)) await say(page)
    await relay.drain()
    await broker.publish(all.flat())
    await settled(second)
    await everythingOnce()
  })

  it('loses nothing to poison among the others', async () => {
    await using consumers = await start()
    const all = Array.from({ length: VERSIONS }, (_, at) => version(at + 1))
    const poison = (at: number): Message => ({
      ...probeMessage(workspace, 'poison', 1),
      key: `${workspace}:m0${at % 10}`,
      value: Buffer.from('no protobuf'),
    })
    for (const [at, page] of all.entries()) await broker.publish([...page.slice(0, 9), poison(at), ...page.slice(9)])
    await settled(consumers)
    await everythingOnce()
    const letters = createDeadLetters(app, [on(probeTopic, probeName, probeHandler())])
    const dead = await letters.list(workspace, { limit: 100, cursor: '', state: 'dead' })
    expect(dead.letters.map(({ slug }) => slug)).toEqual(Array.from({ length: VERSIONS }, () => 'data-unreadable'))
  })

  it('goes on where a frozen relay left off, whose late words change nothing', async () => {
    const thaw = Promise.withResolvers<void>()
    const reading = Promise.withResolvers<void>()
    const publish = async (messages: readonly Message[]) => {
      reading.resolve()
      await thaw.promise
      await broker.publish(messages)
    }
    const frozen = createRelay({ database: relayRole, broker: { ...broker, publish }, owner: 'frozen', log: quiet })
    for (let at = 1; at <= VERSIONS; at += 1) await say(version(at))
    await reading.promise
    await using relay = createRelay({ database: relayRole, broker, owner: 'next', log: quiet, notify: false })
    await using consumers = await start()
    await relay.drain()
    thaw.resolve()
    await frozen[Symbol.asyncDispose]()
    await settled(consumers)
    await everythingOnce()
  })
})
