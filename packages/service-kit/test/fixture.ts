import { createTestDatabase } from '@umbel/test-kit'
import type { Knex } from 'knex'
import {
  type Database,
  idempotencyTable,
  type Migration,
  migrateDatabase,
  openDatabase,
  secureTables,
} from '../src/store/index.ts'

const migrations: readonly Migration[] = [
  {
    name: '20260110T0900-create-note',
    up: async (knex: Knex) => {
      await knex.raw(
        'create table note (workspace_id uuid not null, id int not null, text text, primary key (workspace_id, id))',
      )
      await secureTables(knex, 'sample', ['note'])
      await idempotencyTable(knex, 'sample')
    },
  },
]

/** A database of a service that only exists in this test, with one table. */
export const sampleDatabase = () =>
  createTestDatabase('sample', (adminUrl, name) =>
    migrateDatabase({ adminUrl, service: 'sample', name, secret: 'test' }, migrations),
  )

export const openApp = (url: string, poolMax = 5): Database => openDatabase({ url, poolMax, applicationName: 'test' })
