import type { RollupChanged } from '@umbel/contracts'
import { conflict, invalid, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type TestDatabase, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Broker,
  createDeadLetters,
  createMemoryBroker,
  type DeadLetter,
  type Flow,
  type Handler,
  NOBODYS_WORKSPACE,
  on,
  startConsumers,
} from '../src/index.ts'
import { messagingDatabase, openSource } from './fixture.ts'
import {
  effectsOf,
  probeHandler,
  probeMessage,
  probeName,
  probeTopic,
  quiet,
  readProbe,
  writeEffects,
} from './probe.ts'

describe('a batch and what may happen to it', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  let claimer: ReturnType<typeof openSource>
  let broker: Broker
  let workspace: string
  let counts: Map<string, number>

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
  beforeEach(() => {
    broker = createMemoryBroker()
    workspace = newId()
    counts = new Map()
  })
  const message = (masterId: string, version: number) => probeMessage(workspace, masterId, version)
  const count = (name: string, more: number) => counts.set(name, (counts.get(name) ?? 0) + more)
  const metrics = {
    messages: (_: string, outcome: string, more: number) => void count(outcome, more),
    gaps: (_: string, more: number) => void count('gaps', more),
    pauses: () => void count('pauses', 1),
  }
  const flowOf = (handler: Handler<RollupChanged>): Flow => [on(probeTopic, probeName, handler)]
  const start = (handler: Handler<RollupChanged>) =>
    startConsumers({ flow: flowOf(handler), broker, database: app, claimer, log: quiet, metrics })
  const settled = (consumers: { settled(): Promise<boolean> }) =>
    until(() => consumers.settled(), { what: 'the consumers to settle' })
  const effects = () => effectsOf(app.knex, workspace)
  const dead = async (whose = workspace): Promise<readonly DeadLetter[]> => {
    const letters = createDeadLetters(app, flowOf(probeHandler()))
    return (await letters.list(whose, { limit: 1_000, cursor: '', state: 'dead' })).letters
  }

  it('is one transaction over all its workspaces, each seeing only its own', async () => {
    const others = Array.from({ length: 5 }, () => newId())
    const transactions: string[] = []
    const { handle, ...rest } = probeHandler()
    const noting: Handler<RollupChanged> = {
      ...rest,
      async handle(scope, events) {
        const { rows } = await scope.trx.raw(
          "select pg_current_xact_id()::text as id, current_setting('umbel.workspace_id') as workspace",
        )
        transactions.push(rows[0].id)
        expect(rows[0].workspace).toBe(scope.workspaceId)
        expect(events.every(({ workspaceId }) => workspaceId === scope.workspaceId)).toBe(true)
        await handle(scope, events)
      },
    }
    await broker.publish(others.flatMap((id) => [probeMessage(id, 'm', 1), probeMessage(id, 'm', 2)]))
    await using consumers = await start(noting)
    await settled(consumers)
    expect(transactions).toHaveLength(5)
    expect(new Set(transactions).size).toBe(1)
    for (const id of others) expect(await effectsOf(app.knex, id)).toEqual(['m/1', 'm/2'])
    expect(counts).toEqual(new Map([['handled', 10]]))
  })

  it('knows input without versions by its sender’s event id', async () => {
    const input: Handler<RollupChanged> = {
      decode: readProbe,
      source: () => '/zendesk/acme',
      eventId: ({ masterId, streamVersion }) => `${masterId}#${streamVersion}`,
      handle: writeEffects(() => {}),
    }
    await using consumers = await start(input)
    await broker.publish([message('m', 7), message('m', 3), message('m', 7)])
    await settled(consumers)
    await broker.publish([message('m', 3), message('m', 4)])
    await settled(consumers)
    expect(await effects()).toEqual(['m/7', 'm/3', 'm/4'])
    expect(counts.get('repeat')).toBe(2)
  })

  it('tries what nobody foresaw three times, then keeps it as a dead letter', async () => {
    let tries = 0
    const buggy = probeHandler(({ masterId }) => {
      if (masterId !== 'bug') return
      tries += 1
      throw new TypeError('undefined is not a ticket')
    })
    await using consumers = await start(buggy)
    await broker.publish([message('bug', 1), message('fine', 1)])
    await settled(consumers)
    await broker.publish([message('bug', 2)])
    await settled(consumers)
    expect(await effects()).toEqual(['fine/1'])
    expect(tries).toBeGreaterThanOrEqual(6)
    const letters = await dead()
    expect(letters.map(({ slug, reason }) => [slug, reason])).toEqual([
      ['bug', 'undefined is not a ticket'],
      ['bug', 'undefined is not a ticket'],
    ])
    expect(new Set(letters.map(({ stackHash }) => stackHash)).size).toBe(1)
    expect(letters[0]).toMatchObject({ consumer: probeName, topic: probeTopic.name, offset: '0' })
    expect(counts.get('gaps')).toBeUndefined()
  })

  it('is not stopped by text that Postgres cannot keep', async () => {
    await using consumers = await start(probeHandler())
    const odd = { ...message('odd', 1), key: 'a\u0000b' }
    const worse = { ...message('worse', 1), value: Buffer.from('?'), headers: { note: '\u0000\ud800' } }
    await broker.publish([odd, worse, message('fine', 1)])
    await settled(consumers)
    expect((await effects()).sort()).toEqual(['fine/1', 'odd/1'])
    expect((await dead(NOBODYS_WORKSPACE)).map(({ slug }) => slug)).toContain('content-type-unknown')
  })

  it('fetches the state anew after a gap, until it gets it', async () => {
    const asked: string[] = []
    const refetch = async (_: string, streamKey: string) => {
      asked.push(streamKey)
      if (asked.length < 3) throw unavailable('ticket-away', 'the owner does not answer')
    }
    await using consumers = await start({ ...probeHandler(), refetch })
    await broker.publish([message('m', 1), message('m', 4), message('m', 5)])
    await settled(consumers)
    expect(asked).toEqual(['rollups:m', 'rollups:m', 'rollups:m'])
    expect(await effects()).toEqual(['m/1', 'm/4', 'm/5'])
    expect(counts.get('gaps')).toBe(1)
  })

  it('drains a parked key by itself, in order, and goes on behind what can never be handled', async () => {
    let busy = true
    const handler = probeHandler(({ masterId, streamVersion }) => {
      if (masterId === 'm' && busy) throw conflict('busy', 'busy')
      if (masterId === 'm' && streamVersion === 2n) throw invalid('broken', 'broken')
    })
    await using consumers = await start(handler)
    await broker.publish([message('m', 1)])
    await until(async () => (await broker.lag(probeName, [probeTopic.name])) === 0, { what: 'the key to be parked' })
    await broker.publish([message('m', 2), message('m', 3), message('n', 1)])
    await until(async () => (await broker.lag(probeName, [probeTopic.name])) === 0, { what: 'the others to wait' })
    expect(await effects()).toEqual(['n/1'])
    busy = false
    await settled(consumers)
    expect(await effects()).toEqual(['n/1', 'm/1', 'm/3'])
    expect((await dead()).map(({ slug }) => slug)).toEqual(['broken'])
    expect(counts.get('parked')).toBe(3)
    expect(counts.get('gaps')).toBeUndefined()
  })

  it('keeps a parked key waiting while it is in trouble, longer each time', async () => {
    const stuck = probeHandler(() => {
      throw conflict('busy', 'busy')
    })
    await using consumers = await start(stuck)
    await broker.publish([message('m', 1)])
    await until(async () => (await broker.lag(probeName, [probeTopic.name])) === 0, { what: 'the key to be parked' })
    for (let tries = 0; tries < 8; tries += 1) expect(await consumers.drainParked()).toBe(0)
    const { rows } = await app.transaction(async (trx) => {
      await trx.raw("select set_config('umbel.workspace_id', ?, true)", [workspace])
      return trx.raw<{ rows: { s: number; reason: string }[] }>(
        'select extract(epoch from due_at - clock_timestamp())::float8 as s, reason from parked_key',
      )
    })
    expect(rows[0]?.reason).toBe('busy')
    expect(rows[0]?.s).toBeGreaterThan(55)
    expect(rows[0]?.s).toBeLessThanOrEqual(60)
    expect(await consumers.settled()).toBe(false)
  })
})
