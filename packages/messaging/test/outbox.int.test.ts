import { invalid } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { type TestDatabase, until } from '@umbel/test-kit'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  appendToOutbox,
  type Broker,
  createMemoryBroker,
  createRelay,
  enterWorkspace,
  type Message,
  type OutboxMessage,
  type Transaction,
} from '../src/index.ts'
import { clearRows, leaseShards, nextRows, releaseShards } from '../src/outbox/claim.ts'
import { messagingDatabase, openSource } from './fixture.ts'

const quiet = { warn: () => {} }
const topic = 'umbel.linking.events.v1'

describe('outbox', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  let relay: ReturnType<typeof openSource>
  const workspaceId = newId()
  let published: Message[]
  let broker: Broker

  beforeAll(async () => {
    database = await messagingDatabase()
    app = openSource(database.urls.app, 12)
    relay = openSource(database.urls.relay)
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    published = []
    broker = { ...createMemoryBroker(), publish: async (messages) => void published.push(...messages) }
  })
  const message = (key: string, text: string): OutboxMessage => ({
    workspaceId,
    topic,
    key,
    headers: { text },
    value: Buffer.from(text),
  })
  const write = (work: (trx: Transaction) => Promise<void>) =>
    app.transaction(async (trx) => {
      enterWorkspace(trx, workspaceId)
      await work(trx)
    })
  const texts = (key: string) => published.filter((each) => each.key === key).map(({ headers }) => headers.text)
  const start = (owner: string, notify = true) => createRelay({ database: relay, broker, owner, log: quiet, notify })

  it('leaves what no broker takes, and publishes what is behind it', async () => {
    const refuse = (messages: readonly Message[]) => {
      if (messages.some(({ headers }) => headers.text === 'huge')) throw invalid('message-too-large', 'too large')
    }
    broker = {
      ...broker,
      publish: async (messages) => {
        refuse(messages)
        published.push(...messages)
      },
    }
    await write((trx) => appendToOutbox(trx, [message('h', '1'), message('h', 'huge'), message('h', '2')]))
    await using running = start('past-huge')
    await running.drain()
    expect(texts('h')).toEqual(['1', '2'])
  })

  const isLeased = async (owner: string) => {
    const held = 'select bool_and(lease_until > clock_timestamp()) as held from relay_shard where owner = ?'
    const { rows } = await relay.transaction((trx) => trx.raw<{ rows: { held: boolean }[] }>(held, [owner]))
    return rows[0]?.held === true
  }
  /** A broker that takes nothing with `huge` in it, and for the first refusal so long that the lease runs out. */
  const slowlyRefusing = (owner: string, meanwhile: () => Promise<void> = async () => {}) => {
    const sizes: number[] = []
    const leased: boolean[] = []
    const publish = async (messages: readonly Message[]) => {
      sizes.push(messages.length)
      leased.push(await isLeased(owner))
      if (messages.every(({ headers }) => headers.text !== 'huge')) return void published.push(...messages)
      if (sizes.length === 1) {
        const soon = "update relay_shard set lease_until = clock_timestamp() + interval '1.1 seconds'"
        await relay.transaction((trx) => trx.raw(soon))
        await until(async () => !(await isLeased(owner)), { what: 'the lease to run out' })
        await meanwhile()
      }
      throw invalid('message-too-large', 'too large')
    }
    broker = { ...broker, publish }
    return { sizes, leased }
  }

  it('looks for what no broker takes in halves, and gives its lease no time to run out meanwhile', async () => {
    const { sizes, leased } = slowlyRefusing('halves')
    const words = Array.from({ length: 256 }, (_, at) => (at === 100 ? 'huge' : String(at)))
    await write((trx) =>
      appendToOutbox(
        trx,
        words.map((text) => message('h', text)),
      ),
    )
    await using running = start('halves')
    await running.drain()
    expect(texts('h')).toEqual(words.filter((text) => text !== 'huge'))
    expect(sizes).toEqual([256, 128, 64, 64, 32, 32, 16, 8, 4, 4, 2, 1, 1, 2, 8, 16, 128])
    expect(leased).not.toContain(false)
  })

  it('publishes no half of what another relay had meanwhile, and reads anew', async () => {
    const { sizes } = slowlyRefusing('robbed', async () => {
      await relay.transaction((trx) => leaseShards(trx, 'thief'))
      await relay.transaction((trx) => releaseShards(trx, 'thief'))
    })
    await write((trx) => appendToOutbox(trx, [message('h', 'huge'), message('h', '1'), message('h', '2')]))
    await using running = start('robbed')
    await running.drain()
    expect(sizes).toEqual([3, 3, 2, 1, 1, 1])
    expect(texts('h')).toEqual(['1', '2'])
  })

  it('publishes what was committed, in order per key, and nothing of what was rolled back', async () => {
    await write((trx) => appendToOutbox(trx, [message('a', '1'), message('b', '1'), message('a', '2')]))
    await write(async (trx) => {
      await appendToOutbox(trx, [message('a', 'never')])
      throw new Error('rolled back')
    }).catch(() => {})
    await using running = start('one')
    await running.drain()
    expect([texts('a'), texts('b')]).toEqual([['1', '2'], ['1']])
  })

  it('needs no NOTIFY', async () => {
    await using running = start('one', false)
    await write((trx) => appendToOutbox(trx, [message('a', '1')]))
    await running.drain()
    expect(texts('a')).toEqual(['1'])
  })

  it('publishes again when the broker failed, and loses nothing', async () => {
    let failures = 2
    const publish = broker.publish
    broker = {
      ...broker,
      publish: async (messages) => {
        failures -= 1
        if (failures >= 0) throw new Error('the broker is away')
        await publish(messages)
      },
    }
    await write((trx) => appendToOutbox(trx, [message('a', '1'), message('a', '2')]))
    await using running = start('one')
    await running.drain()
    expect(texts('a')).toEqual(['1', '2'])
  })

  it('keeps a second relay waiting for the lease, and lets the zombie delete nothing', async () => {
    await relay.transaction((trx) => trx.raw("update relay_shard set owner = '', lease_until = '-infinity'"))
    const mine = await relay.transaction((trx) => leaseShards(trx, 'zombie'))
    expect(mine).toHaveLength(8)
    expect(await relay.transaction((trx) => leaseShards(trx, 'next'))).toEqual([])
    await write((trx) => appendToOutbox(trx, [message('a', '1')]))
    const rows = await relay.transaction((trx) => nextRows(trx, mine, 10))
    await relay.transaction((trx) => trx.raw("update relay_shard set lease_until = '-infinity'"))
    expect(await relay.transaction((trx) => leaseShards(trx, 'next'))).toHaveLength(8)
    expect(await relay.transaction((trx) => clearRows(trx, 'zombie', mine, rows))).toBe(0)
    await relay.transaction((trx) => trx.raw("update relay_shard set lease_until = '-infinity'"))
    await using running = start('next')
    await running.drain()
    expect(texts('a')).toEqual(['1'])
  })

  it('neither loses nor reorders under any interleaving of writers with delayed commits', async () => {
    await app.knex.transaction(async (trx) => {
      enterWorkspace(trx, workspaceId)
      await trx.raw(
        `insert into inbox (workspace_id, consumer, source, event_id) values (?, 'lock', 'k', '0'), (?, 'lock', 'k', '1')`,
        [workspaceId, workspaceId],
      )
    })
    const plan = fc.array(fc.record({ key: fc.integer({ min: 0, max: 1 }), delay: fc.integer({ min: 0, max: 6 }) }), {
      minLength: 2,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(plan, async (writers) => {
        published = []
        const order: string[][] = [[], []]
        await using running = start('one')
        const writing = writers.map(({ key, delay }, at) =>
          write(async (trx) => {
            // the lock on what the key names, as every store takes it
            await trx.raw(
              "select from inbox where workspace_id = ? and consumer = 'lock' and event_id = ? for update",
              [workspaceId, String(key)],
            )
            order[key]?.push(String(at))
            await appendToOutbox(trx, [message(`${key}`, String(at))])
            await trx.raw('select pg_sleep(?)', [delay / 1000])
          }),
        )
        await Promise.all(writing)
        await running.drain()
        expect([texts('0'), texts('1')]).toEqual(order)
      }),
      { numRuns: 25 },
    )
  })

  /** A reader with a cursor: the design that loses rows. */
  const cursorReader = (where: string) => {
    let last = '0'
    return async () => {
      const { rows } = await app.transaction(async (trx) => {
        enterWorkspace(trx, workspaceId)
        return trx.raw<{ rows: { pos: string; headers: { text: string } }[] }>(
          `select pos::text, headers from outbox where pos > ? ${where} order by pos`,
          [last],
        )
      })
      last = rows.at(-1)?.pos ?? last
      return rows.map(({ headers }) => headers.text)
    }
  }
  const nonEmpty = <T>(all: T[]): T[] | undefined => (all.length > 0 ? all : undefined)
  const early = async (where: string): Promise<string[]> => {
    await relay.transaction((trx) => trx.raw('delete from outbox'))
    const read = cursorReader(where)
    const slow = await app.knex.transaction()
    enterWorkspace(slow, workspaceId)
    await appendToOutbox(slow, [message('slow', 'early')])
    await write((trx) => appendToOutbox(trx, [message('fast', 'late')]))
    const seen = await read()
    await slow.commit()
    return [...seen, ...(await read())]
  }

  it('would lose an early row by a cursor over positions (negative control)', async () => {
    expect(await early('')).toEqual(['late'])
  })

  it('would lose it by a cursor with a watermark of transactions, too (negative control)', async () => {
    await relay.transaction((trx) => trx.raw('delete from outbox'))
    const read = cursorReader('and outbox.xmin::text::bigint < (pg_snapshot_xmin(pg_current_snapshot())::text::bigint)')
    const slow = await app.knex.transaction()
    enterWorkspace(slow, workspaceId)
    const low = await app.knex.transaction()
    enterWorkspace(low, workspaceId)
    await low.raw('select pg_current_xact_id()') // the lower transaction id takes the higher position
    await appendToOutbox(slow, [message('slow', 'early')])
    await appendToOutbox(low, [message('low', 'late')])
    await low.commit()
    // the watermark is the whole server's: older transactions, of other databases too, hide the row until they end
    const seen = await until(async () => nonEmpty(await read()), { what: 'the late row' })
    await slow.commit()
    expect([...seen, ...(await read())]).toEqual(['late'])
  })

  it('would turn a key around by the order of transactions (negative control)', async () => {
    await relay.transaction((trx) => trx.raw('delete from outbox'))
    const low = await app.knex.transaction()
    enterWorkspace(low, workspaceId)
    await low.raw('select pg_current_xact_id()') // begins first, and gets to the key second
    await write((trx) => appendToOutbox(trx, [message('k', 'version 2')]))
    await appendToOutbox(low, [message('k', 'version 3')])
    await low.commit()
    const { rows } = await relay.transaction((trx) =>
      trx.raw<{ rows: { text: string }[] }>(
        "select headers ->> 'text' as text from outbox order by outbox.xmin::text::bigint, pos",
      ),
    )
    expect(rows.map(({ text }) => text)).toEqual(['version 3', 'version 2'])
    await using running = start('one')
    await running.drain()
    expect(texts('k')).toEqual(['version 2', 'version 3'])
  })

  it('still finds that row by its own way of reading', async () => {
    await relay.transaction((trx) => trx.raw('delete from outbox'))
    await using running = start('one')
    const slow = await app.knex.transaction()
    enterWorkspace(slow, workspaceId)
    await appendToOutbox(slow, [message('slow', 'early')])
    await write((trx) => appendToOutbox(trx, [message('fast', 'late')]))
    await until(() => texts('fast').length === 1, { what: 'the fast one' })
    await slow.commit()
    await running.drain()
    expect([texts('fast'), texts('slow')]).toEqual([['late'], ['early']])
  })
})
