import { createTestDatabase } from '@umbel/test-kit'
import pg from 'pg'
import { expect, it } from 'vitest'
import { type Migration, migrateDatabase } from '../src/store/index.ts'

const creating = (name: string, table: string): Migration => ({
  name,
  up: async (knex) => void (await knex.raw(`create table ${table} (id int)`)),
})
const first = creating('20260110T0900-create-first', 'first')
const second = creating('20260110T0905-create-second', 'second')

const emptyDatabase = () =>
  createTestDatabase('migrating', (adminUrl, name) =>
    migrateDatabase({ adminUrl, service: 'migrating', name, secret: 'test' }, []),
  )

it('takes each step once, whoever asks at the same time and whoever died before', async () => {
  await using database = await emptyDatabase()
  const sample = { adminUrl: database.adminUrl, service: 'migrating', name: database.name, secret: 'test' }
  await Promise.all([
    migrateDatabase(sample, [first]),
    migrateDatabase(sample, [first]),
    migrateDatabase(sample, [first]),
  ])
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query('update schema_migration_lock set is_locked = 1') // as a process leaves it that was killed
  await migrateDatabase(sample, [first, second])
  const { rows } = await admin.query('select name from schema_migration order by id')
  await admin.end()
  expect(rows.map(({ name }) => name)).toEqual([first.name, second.name])
})

it('lets the planner know from the first row on that one workspace may own a table, until it has measured', async () => {
  await using database = await emptyDatabase()
  const sample = { adminUrl: database.adminUrl, service: 'migrating', name: database.name, secret: 'test' }
  const owned: Migration = {
    name: '20260110T0910-create-owned',
    up: async (knex) => void (await knex.raw('create table owned (workspace_id uuid not null, id uuid primary key)')),
  }
  await migrateDatabase(sample, [owned])
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const distinct = async () => {
    const { rows } = await admin.query(
      "select n_distinct from pg_stats where tablename = 'owned' and attname = 'workspace_id'",
    )
    return rows.map(({ n_distinct }) => Number(n_distinct))
  }
  expect(await distinct()).toEqual([1])
  await admin.query('insert into owned select gen_random_uuid(), gen_random_uuid() from generate_series(1, 1000)')
  await admin.query('analyze owned')
  const measured = await distinct()
  expect(measured).not.toEqual([1])
  await migrateDatabase(sample, [owned, second])
  expect(await distinct()).toEqual(measured)
  await admin.end()
})
