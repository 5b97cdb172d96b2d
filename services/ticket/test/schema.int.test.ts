import { unwalledTables } from '@umbel/messaging'
import { auditCatalog } from '@umbel/service-kit/store'
import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateTicketDatabase } from '../src/service.ts'

let database: Awaited<ReturnType<typeof openDatabase>>
const openDatabase = () => createTestDatabase('ticket', migrateTicketDatabase)
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
    expect(policies.rows.length).toBeGreaterThan(15)
    for (const { tablename } of policies.rows) {
      await admin.query('begin')
      await admin.query(`drop policy of_workspace on ${tablename}`)
      expect(await audit()).toMatchObject([{ table: tablename }])
      await admin.query('rollback')
    }
  })

  it('lets nobody but the owner change what was recorded', async () => {
    const app = new pg.Client({ connectionString: database.urls.app })
    await app.connect()
    for (const statement of ['update audit_entry set note = $$x$$', 'delete from audit_entry'])
      await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' })
    await app.end()
  })

  it('shows a claimer due tickets by their ids only', async () => {
    const claimer = new pg.Client({ connectionString: database.urls.claimer })
    await claimer.connect()
    await expect(claimer.query('select subject from ticket')).rejects.toMatchObject({ code: '42501' })
    await expect(claimer.query('select ticket_id from ticket')).resolves.toMatchObject({ rows: [] })
    await claimer.end()
  })
})
