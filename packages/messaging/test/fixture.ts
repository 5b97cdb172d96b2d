import { createTestDatabase, type TestDatabase } from '@umbel/test-kit'
import knexFactory, { type Knex } from 'knex'
import pg from 'pg'
import { messagingTables, type Transaction, type TransactionSource } from '../src/index.ts'

interface Urls {
  readonly app: string
  readonly relay: string
  readonly claimer: string
}

/** A database with nothing but messaging's tables, and a table of effects that handlers write to. */
export const messagingDatabase = (): Promise<TestDatabase<Urls>> => createTestDatabase('probe', prepare)

async function prepare(adminUrl: string, name: string): Promise<Urls> {
  const at = (user: string) => {
    const url = new URL(adminUrl)
    url.pathname = `/${name}`
    if (user !== '') [url.username, url.password] = [user, 'probe']
    return url.href
  }
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  for (const role of ['probe_app', 'probe_relay', 'probe_claimer']) {
    const found = await admin.query('select from pg_roles where rolname = $1', [role])
    if (found.rowCount === 0) await admin.query(`create role ${role} login password 'probe'`)
  }
  await admin.end()
  const knex = knexFactory({ client: 'pg', connection: at(''), pool: { min: 0, max: 1 } })
  await messagingTables(knex, 'probe')
  await knex.raw(`create table effect (at bigint generated always as identity, workspace_id uuid, text text);
    grant select, insert on effect to probe_app`)
  await knex.destroy()
  return { app: at('probe_app'), relay: at('probe_relay'), claimer: at('probe_claimer') }
}

/** A door to the database as one of its roles. */
export function openSource(url: string, poolMax = 8): TransactionSource & AsyncDisposable & { readonly knex: Knex } {
  const knex = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: poolMax } })
  return {
    url,
    knex,
    transaction: <T>(work: (trx: Transaction) => Promise<T>) => knex.transaction(work),
    alone: (work) => work(knex),
    [Symbol.asyncDispose]: () => knex.destroy(),
  }
}
