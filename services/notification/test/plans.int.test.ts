import { newId } from '@umbel/kernel/ids'
import type { Transaction } from '@umbel/messaging'
import { type DatabaseUrls, migrateDatabase, openDatabase, readServiceDatabase, rows } from '@umbel/service-kit/store'
import { createTestDatabase, type TestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideOutcome } from '../src/domain/attempt.ts'
import { raise } from '../src/domain/notification.ts'
import { telling } from '../src/outbound/notification-events.ts'
import { reclaim } from '../src/store/lease-end.ts'
import { migrations } from '../src/store/migrations/list.ts'
import type { Due } from '../src/store/queue-row.ts'
import { createTakeTurn } from '../src/store/take-turn.ts'
import { createTransact, type Transact } from '../src/store/unit-of-work.ts'

const ROWS = 5_000
const WINDOW = 16
const OWNER = 'one'
const settings = { enable_seqscan: 'off', enable_bitmapscan: 'off' }
const workspaceId = newId()

const statistics = [
  ['the statistics say that the queue is empty', 'vacuum analyze notification, thread, lease'],
  ['there are no statistics yet', 'vacuum lease'],
] as const
describe.each(statistics)('where %s', (_, prepare) => {
  let database: TestDatabase<DatabaseUrls>
  beforeAll(async () => {
    database = await createTestDatabase('notification', (adminUrl, name) =>
      migrateDatabase(
        readServiceDatabase('notification', { DATABASE_URL: adminUrl, NOTIFICATION_DB_NAME: name }),
        migrations,
      ),
    )
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    await admin.query('alter table notification set (autovacuum_enabled = false)')
    await admin.query('alter table thread set (autovacuum_enabled = false)')
    await admin.query('alter table lease set (autovacuum_enabled = false)')
    await admin.query(prepare)
    await admin.end()
  })
  afterAll(async () => database?.[Symbol.asyncDispose]())

  it('leases and records a window by its keys', async () => {
    await using app = openDatabase({ url: database.urls.app, poolMax: 1, applicationName: 'test', settings })
    const transact = createTransact(app, { changed: async () => {}, tripped: async () => {} })
    const scope = { workspaceId }
    await transact(scope, async ({ notifications, threads }) => {
      const owed = Array.from({ length: ROWS }, () => ({
        ticketId: newId(),
        commentId: newId(),
        recipientId: newId(),
        operationId: null,
        step: 0,
        quiet: false,
        cause: new Uint8Array(),
      }))
      await notifications.add(owed.map((one) => raise(workspaceId, one, 'open')))
      await threads.open(new Map(owed.map(({ ticketId }) => [ticketId, ticketId])))
    })
    const due = await transact(scope, ({ queue }) => queue.page(ROWS))
    expect(due).toHaveLength(ROWS)
    // more than five windows: from then on Postgres may plan once for all
    for (let window = 0; window < 10; window += 1) {
      const asked = due.slice(window * WINDOW, (window + 1) * WINDOW)
      const read = await app.withWorkspace(workspaceId, async (trx) => {
        const before = await tuplesRead(trx)
        expect(await turn(transact, trx, asked)).toBe(WINDOW)
        return (await tuplesRead(trx)) - before
      })
      // the rows of the window, each read a few times; without their keys it is thousands
      expect(read).toBeLessThan(WINDOW * 20)
    }
  })

  it('reads threads, and whom their mails went to, by their keys', async () => {
    await using app = openDatabase({ url: database.urls.app, poolMax: 1, applicationName: 'test', settings })
    const transact = createTransact(app, { changed: async () => {}, tripped: async () => {} })
    const read = await app.withWorkspace(workspaceId, async (trx) => {
      const found = await rows<{ ticketId: string }>(
        trx,
        `select ticket_id as "ticketId" from notification where state = 'sent'`,
        [],
      )
      expect(found).toHaveLength(10 * WINDOW)
      const tokens = new Map(found.map(({ ticketId }) => [ticketId, ticketId]))
      const before = await tuplesRead(trx)
      const threads = await transact({ workspaceId, trx }, (session) => session.threads.open(tokens))
      for (const { sentIds, begunWith } of threads.values())
        expect(sentIds).toEqual([{ messageId: expect.any(String), recipientId: begunWith }])
      return (await tuplesRead(trx)) - before
    })
    expect(read).toBeLessThan(10 * WINDOW * 5)
  })

  it('finds leases that ran out without reading what else is due', async () => {
    await using app = openDatabase({ url: database.urls.app, poolMax: 1, applicationName: 'test', settings })
    const read = await app.withWorkspace(workspaceId, async (trx) => {
      const before = await tuplesRead(trx)
      await reclaim(trx, workspaceId)
      return (await tuplesRead(trx)) - before
    })
    expect(read).toBeLessThan(WINDOW * 20)
  })
})

/** Rows that this connection has read since its figures were last collected. */
async function tuplesRead(trx: Transaction): Promise<number> {
  const [found] = await rows<{ tuples: number }>(
    trx,
    `select sum(seq_tup_read + idx_tup_fetch)::int as tuples from pg_stat_xact_user_tables
      where relname in ('notification', 'thread', 'lease')`,
  )
  return found?.tuples ?? 0
}

/** A window leased, renewed, recorded. */
async function turn(transact: Transact, trx: Transaction, due: readonly Due[]): Promise<number> {
  const takeTurn = createTakeTurn((text, bindings) => rows(trx, text, bindings), telling)
  const asked = due.map((one) => ({ ...one, messageId: `<${one.id}@test.example>` }))
  const base = { workspaceId, owner: OWNER, leaseMs: 3_000 }
  const { leased } = await takeTurn({ ...base, results: [], asked })
  const outcome = decideOutcome({ number: 1, doubt: null }, { kind: 'accepted' }, 0)
  const results = leased.flatMap((lease) =>
    due.filter(({ id }) => id === lease.id).map((row) => ({ due: row, leased: lease, outcome })),
  )
  await transact({ workspaceId, trx }, ({ queue }) => queue.renew(leased, OWNER, 3_000))
  await takeTurn({ ...base, results, asked: [] })
  return results.length
}
