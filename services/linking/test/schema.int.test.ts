import { unwalledTables } from '@umbel/messaging'
import { auditCatalog } from '@umbel/service-kit/store'
import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateLinkingDatabase } from '../src/service.ts'

const openDatabase = () => createTestDatabase('linking', migrateLinkingDatabase)
let database: Awaited<ReturnType<typeof openDatabase>>
let admin: pg.Client
beforeAll(async () => {
  database = await openDatabase()
  admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await database[Symbol.asyncDispose]()
})

const audit = () => auditCatalog(admin, { exempt: unwalledTables })

describe('the wall between workspaces', () => {
  it('stands around every table', async () => {
    expect(await audit()).toEqual([])
  })

  it('is missed as soon as any one policy is gone', async () => {
    const policies = await admin.query<{ tablename: string }>(
      `select tablename from pg_policies where policyname = 'of_workspace'`,
    )
    expect(policies.rows.length).toBeGreaterThan(18)
    for (const { tablename } of policies.rows) {
      await admin.query('begin')
      await admin.query(`drop policy of_workspace on ${tablename}`)
      expect(await audit()).toMatchObject([{ table: tablename }])
      await admin.query('rollback')
    }
  })

  it('shows a claimer what is due by ids and times only', async () => {
    const claimer = new pg.Client({ connectionString: database.urls.claimer })
    await claimer.connect()
    for (const hidden of ['select plan from open_master', 'select status from known_ticket', 'select cause from link'])
      await expect(claimer.query(hidden)).rejects.toMatchObject({ code: '42501' })
    await expect(claimer.query('select ticket_id, due_at from primary_link_push')).resolves.toMatchObject({ rows: [] })
    await claimer.end()
  })
})
