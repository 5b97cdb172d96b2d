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
