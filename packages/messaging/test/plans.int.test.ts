import { newId } from '@umbel/kernel/ids'
import type { TestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appendToOutbox, enterWorkspace, moveSeen } from '../src/index.ts'
import { clearRows, leaseShards, nextRows } from '../src/outbox/claim.ts'
import { messagingDatabase, openSource } from './fixture.ts'

const ROWS = 20_000
const BATCH = 1_000

/** Queue tables are empty whenever statistics are taken, and long when it matters. */
describe('queue tables whose statistics say that they are empty', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  let relay: ReturnType<typeof openSource>
  const workspaceId = newId()

  beforeAll(async () => {
    database = await messagingDatabase()
    app = openSource(database.urls.app)
    relay = openSource(database.urls.relay)
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    await admin.query('alter table outbox set (autovacuum_enabled = false)')
    await admin.query('alter table stream_seen set (autovacuum_enabled = false)')
    await admin.query('vacuum analyze outbox, stream_seen, relay_shard')
    await admin.end()
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await relay[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  beforeEach(() =>
    app.transaction(async (trx) => {
      enterWorkspace(trx, workspaceId)
      const value = Buffer.alloc(400)
      const rows = Array.from({ length: ROWS }, (_, at) => ({
        workspaceId,
        topic: 'umbel.linking.events.v1',
        key: `${workspaceId}:${at % 500}`,
        headers: { ce_id: String(at) },
        value,
      }))
      await appendToOutbox(trx, rows)
    }),
  )

  it('are cleared at a cost that does not grow with their length', async () => {
    const shards = await relay.transaction((trx) => leaseShards(trx, 'one'))
    const batches: number[] = []
    for (let left = ROWS; left > 0; left -= BATCH) {
      const began = performance.now()
      const rows = await relay.transaction((trx) => nextRows(trx, shards, BATCH))
      expect(await relay.transaction((trx) => clearRows(trx, 'one', shards, rows))).toBe(BATCH)
      batches.push(performance.now() - began)
    }
    const median = batches.toSorted((a, b) => a - b)[Math.floor(batches.length / 2)] ?? 0
    // a nested loop over the whole table would take some 1,500 ms, the index takes about 20
    expect(median).toBeLessThan(300)
  })

  it('are moved in batches at a cost that does not grow with their length', async () => {
    const times: number[] = []
    for (let page = 0; page < 20; page += 1) {
      const events = Array.from({ length: BATCH }, (_, at) => ({ streamKey: `ticket:${page}:${at}`, version: 1 }))
      const began = performance.now()
      await app.transaction(async (trx) => {
        enterWorkspace(trx, workspaceId)
        await moveSeen(trx, workspaceId, 'sla.on-ticket-event', events)
      })
      times.push(performance.now() - began)
    }
    const median = times.toSorted((a, b) => a - b)[10] ?? 0
    expect(median).toBeLessThan(300)
  })
})
