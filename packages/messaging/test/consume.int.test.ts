import { create, toBinary } from '@bufbuild/protobuf'
import { type RollupChanged, RollupChangedSchema, topics } from '@umbel/contracts'
import { conflict, invalid, refused, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type TestDatabase, until } from '@umbel/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Broker,
  type Consumers,
  createDeadLetters,
  createMemoryBroker,
  dataOf,
  encodeEvent,
  type Flow,
  type Message,
  NOBODYS_WORKSPACE,
  on,
  type Scope,
  type StreamHandler,
  startConsumers,
} from '../src/index.ts'
import { messagingDatabase, openSource } from './fixture.ts'

const topic = topics.linking.events
const name = 'linking.on-probe'
const quiet = { warn: () => {}, error: () => {} }

describe('consumers', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  let claimer: ReturnType<typeof openSource>
  let broker: Broker
  let consumers: Consumers
  let flow: Flow
  let workspace: string
  /** Called for each event before its effect; throws what a test wants. */
  let trouble: (event: RollupChanged) => void
  let gaps: number

  const handler: StreamHandler<RollupChanged> = {
    decode: (event) => dataOf(RollupChangedSchema, event),
    streamKey: (event) => `rollups:${event.masterId}`,
    version: (event) => Number(event.streamVersion),
    async handle({ workspaceId, trx }: Required<Scope>, events) {
      for (const event of events) {
        trouble(event)
        await trx.raw('insert into effect (workspace_id, text) values (?, ?)', [workspaceId, textOf(event)])
      }
    },
  }
  const textOf = ({ masterId, streamVersion }: RollupChanged) => `${masterId}/${streamVersion}`
  const message = (masterId: string, version: number, more: { header?: string; eventId?: string } = {}): Message => {
    const data = create(RollupChangedSchema, { workspaceId: workspace, masterId, streamVersion: BigInt(version) })
    return encodeEvent(topic.name, `${workspace}:${masterId}`, {
      id: more.eventId ?? newId(),
      source: '/umbel/linking',
      type: 'umbel.linking.events.v1.RollupChanged',
      subject: masterId,
      time: new Date(0).toISOString(),
      workspace: more.header ?? workspace,
      sequence: String(version),
      data: toBinary(RollupChangedSchema, data),
    })
  }
  const effects = async (): Promise<string[]> => {
    const { rows } = await app.knex.raw('select text from effect where workspace_id = ? order by at', [workspace])
    return rows.map(({ text }: { text: string }) => text)
  }
  const settled = () => until(() => consumers.settled(), { what: 'the consumers to settle' })
  const handledAll = () => until(async () => (await broker.lag(name, [topic.name])) === 0, { what: 'no lag' })

  beforeAll(async () => {
    database = await messagingDatabase()
    app = openSource(database.urls.app)
    claimer = openSource(database.urls.claimer)
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await claimer[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    workspace = newId()
    trouble = () => {}
    gaps = 0
    broker = createMemoryBroker()
    await broker.ensureTopics([topic])
    flow = [on(topic, name, handler)]
    const countGaps = (_: string, count: number) => {
      gaps += count
    }
    const metrics = { messages: () => {}, pauses: () => {}, gaps: countGaps }
    consumers = await startConsumers({ flow, broker, database: app, claimer, log: quiet, metrics })
  })
  afterEach(async () => {
    await consumers[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
  })
  const dead = async () => {
    const letters = createDeadLetters(app, flow)
    return (await letters.list(workspace, { limit: 100, cursor: '', state: 'dead' })).letters
  }

  it('applies each event once, whether it comes again or under another event id', async () => {
    await broker.publish([message('m1', 1), message('m1', 2), message('m2', 1)])
    await settled()
    await broker.publish([message('m1', 1), message('m1', 2), message('m2', 1)])
    await broker.publish([message('m1', 3)])
    await settled()
    expect((await effects()).sort()).toEqual(['m1/1', 'm1/2', 'm1/3', 'm2/1'])
    expect(gaps).toBe(0)
  })

  it('raises an alarm over a gap and applies what showed it', async () => {
    await broker.publish([message('m1', 1), message('m1', 3)])
    await settled()
    expect(await effects()).toEqual(['m1/1', 'm1/3'])
    expect(gaps).toBe(1)
  })

  it('waits while something is away, parks nothing, loses nothing', async () => {
    let away = true
    trouble = () => {
      if (away) throw unavailable('away', 'away')
    }
    await broker.publish([message('m1', 1), message('m2', 1)])
    await until(async () => (await broker.lag(name, [topic.name])) === 2, { what: 'both to wait' })
    expect(await app.knex('parked_key').select()).toEqual([])
    away = false
    await settled()
    expect((await effects()).sort()).toEqual(['m1/1', 'm2/1'])
  })

  it('parks a key in passing trouble, in order, and lets the others by', async () => {
    let stuck = true
    trouble = ({ masterId }) => {
      if (stuck && masterId === 'm1') throw conflict('busy', 'busy')
    }
    await broker.publish([message('m1', 1), message('m2', 1)])
    await handledAll()
    await broker.publish([message('m1', 2), message('m2', 2), message('m1', 3)])
    await handledAll()
    expect((await effects()).filter((text) => text.startsWith('m2'))).toEqual(['m2/1', 'm2/2'])
    expect(await effects()).not.toContain('m1/1')
    stuck = false
    await until(() => consumers.drainParked(), { what: 'the parked key to be drained' })
    await broker.publish([message('m1', 4)])
    await settled()
    expect((await effects()).filter((text) => text.startsWith('m1'))).toEqual(['m1/1', 'm1/2', 'm1/3', 'm1/4'])
  })

  it('skips what a rule refuses, without a gap afterwards', async () => {
    trouble = ({ streamVersion }) => {
      if (streamVersion === 2n) throw refused('no', 'no')
    }
    await broker.publish([message('m1', 1), message('m1', 2), message('m1', 3)])
    await settled()
    expect(await effects()).toEqual(['m1/1', 'm1/3'])
    expect(await dead()).toEqual([])
    expect(gaps).toBe(0)
  })

  it('buries what cannot be read or never succeeds, with its reason, and copies it to the dead-letter topic', async () => {
    trouble = ({ masterId }) => {
      if (masterId === 'bad') throw invalid('bad-master', 'it is bad')
    }
    const raw = { ...message('m1', 1), value: Buffer.from('not a protobuf') }
    await broker.publish([raw, message('bad', 1), message('m2', 1)])
    await settled()
    expect(await effects()).toEqual(['m2/1'])
    expect((await dead()).map(({ slug }) => slug).sort()).toEqual(['bad-master', 'data-unreadable'])
    const { rows } = await inWorkspace('select topic from outbox')
    expect(rows.map(({ topic: to }) => to)).toEqual(['umbel.linking.dlq.v1', 'umbel.linking.dlq.v1'])
  })
  const inWorkspace = (sql: string) =>
    app.transaction(async (trx) => {
      await trx.raw("select set_config('umbel.workspace_id', ?, true)", [workspace])
      return trx.raw<{ rows: { topic: string }[] }>(sql)
    })

  it('hides a message whose header names another workspace than its data from both', async () => {
    const other = newId()
    const letters = createDeadLetters(app, flow)
    const slugs = async (whose: string) =>
      (await letters.list(whose, { limit: 100, cursor: '', state: 'dead' })).letters.map(({ slug }) => slug)
    const before = await slugs(NOBODYS_WORKSPACE)
    await broker.publish([message('m1', 1, { header: other })])
    await settled()
    expect(await effects()).toEqual([])
    expect([await slugs(other), await slugs(workspace)]).toEqual([[], []])
    expect(await slugs(NOBODYS_WORKSPACE)).toEqual([...before, 'workspace-mismatch'])
  })

  it('replays dead letters in the order of their key, and each once', async () => {
    let broken = true
    trouble = ({ masterId }) => {
      if (broken && masterId === 'm1') throw invalid('broken', 'broken')
    }
    await broker.publish([message('m1', 1), message('m1', 2)])
    await settled()
    const letters = createDeadLetters(app, flow)
    const [first, second] = await dead()
    if (!first || !second) throw new Error('two dead letters expected')
    await expect(letters.replay(workspace, second.id, 'ada')).rejects.toMatchObject({ slug: 'earlier-dead-letter' })
    await expect(letters.replay(workspace, first.id, 'ada')).rejects.toMatchObject({ slug: 'broken' })
    broken = false
    await letters.replay(workspace, first.id, 'ada')
    await expect(letters.replay(workspace, first.id, 'ada')).rejects.toMatchObject({ slug: 'dead-letter-ended' })
    await letters.replay(workspace, second.id, 'ada')
    expect(await effects()).toEqual(['m1/1', 'm1/2'])
    expect(await dead()).toEqual([])
  })

  it('answers another workspace’s dead letter like an unknown one', async () => {
    trouble = () => {
      throw invalid('broken', 'broken')
    }
    await broker.publish([message('m1', 1)])
    await settled()
    const letters = createDeadLetters(app, flow)
    const [letter] = await dead()
    for (const id of [letter?.id ?? '', newId(), 'nonsense'])
      await expect(letters.show(newId(), id)).rejects.toMatchObject({ kind: 'not-found', slug: 'dead-letter-unknown' })
  })
})
