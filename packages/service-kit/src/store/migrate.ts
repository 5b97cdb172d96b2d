import knexFactory, { type Knex } from 'knex'
import { createDatabase, type DatabaseUrls, type ServiceDatabase } from './roles.ts'

/** One step of a schema, forward only. `name` is `YYYYMMDDTHHMM-<verb>-<thing>` and never changes. */
export interface Migration {
  readonly name: string
  up(knex: Knex): Promise<void>
}

/** Makes roles and database where they are missing and brings the schema up to date, as the owner. */
export async function migrateDatabase(
  database: ServiceDatabase,
  migrations: readonly Migration[],
): Promise<DatabaseUrls> {
  const urls = await createDatabase(database)
  const knex = knexFactory({ client: 'pg', connection: urls.owner, pool: { min: 0, max: 1 } })
  try {
    await knex.migrate.latest({ migrationSource: sourceOf(migrations), tableName: 'schema_migration' })
  } finally {
    await knex.destroy()
  }
  return urls
}

const sourceOf = (migrations: readonly Migration[]): Knex.MigrationSource<Migration> => ({
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ up }) => Promise.resolve({ up, down: () => Promise.reject(new Error('schemas only go forward')) }),
})
