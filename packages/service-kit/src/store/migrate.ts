import knexFactory, { type Knex } from 'knex'
import pg from 'pg'
import { createDatabase, type DatabaseUrls, type ServiceDatabase } from './roles.ts'
import { seedStatistics } from './statistics.ts'

/** One step of a schema, forward only. `name` is `YYYYMMDDTHHMM-<verb>-<thing>` and never changes. */
export interface Migration {
  readonly name: string
  up(knex: Knex): Promise<void>
}

/**
 * Makes roles and database where they are missing and brings the schema up to date, as the owner. Several may ask at
 * the same time: one works, the others wait and find nothing left to do.
 */
export async function migrateDatabase(
  database: ServiceDatabase,
  migrations: readonly Migration[],
): Promise<DatabaseUrls> {
  const urls = await createDatabase(database)
  const knex = knexFactory({ client: 'pg', connection: urls.owner, pool: { min: 0, max: 1 } })
  const config = { migrationSource: sourceOf(migrations), tableName: 'schema_migration' }
  try {
    await alone(urls.owner, async () => {
      // knex's own lock is a row that outlives a killed process; ours ends with the connection, so whoever holds it may
      await knex.migrate.forceFreeMigrationsLock(config)
      await knex.migrate.latest(config)
      await seedStatistics(knex)
    })
  } finally {
    await knex.destroy()
  }
  return urls
}

async function alone(url: string, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'migration lock' })
  await client.connect()
  try {
    await client.query("select pg_advisory_lock(hashtext('umbel-migration'))")
    await work()
  } finally {
    await client.end()
  }
}

const sourceOf = (migrations: readonly Migration[]): Knex.MigrationSource<Migration> => ({
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ up }) => Promise.resolve({ up, down: () => Promise.reject(new Error('schemas only go forward')) }),
})
