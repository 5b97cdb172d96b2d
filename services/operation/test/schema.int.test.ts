import { unwalledTables } from '@umbel/messaging'
import { auditCatalog } from '@umbel/service-kit/store'
import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { migrateOperationDatabase } from '../src/service.ts'

describe('the walls of the schema', () => {
  it('stand around every table, and the audit misses any that falls', async () => {
    await using database = await createTestDatabase('operation', migrateOperationDatabase)
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    try {
      const audit = () => auditCatalog(admin, { exempt: unwalledTables })
      expect(await audit()).toEqual([])
      const policies = await admin.query<{ tablename: string }>(
        "select tablename from pg_policies where policyname = 'of_workspace'",
      )
      expect(policies.rows.length).toBeGreaterThanOrEqual(11)
      for (const { tablename } of policies.rows) {
        await admin.query('begin')
        await admin.query(`drop policy of_workspace on ${pg.escapeIdentifier(tablename)}`)
        expect(await audit()).toContainEqual({ table: tablename, what: 'there is no workspace policy' })
        await admin.query('rollback')
      }
    } finally {
      await admin.end()
    }
  })
})
