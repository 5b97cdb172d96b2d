import { failpoint } from '@umbel/kernel/failpoint'
import { enterWorkspace, type Statements, type Transaction } from '@umbel/messaging'
import knexFactory from 'knex'
import { fromPostgres } from './pg-errors.ts'
import { type Connection, prepareStatements } from './prepared.ts'

export interface DatabaseOptions {
  readonly url: string
  /** Connections at most; 10 unless told. */
  readonly poolMax?: number
  /** What Postgres shows as the connection's owner. */
  readonly applicationName: string
  /** Settings of every connection, such as `enable_seqscan: 'off'` for queue tables with stale statistics. */
  readonly settings?: Readonly<Record<string, string>>
}

/** One role's door to one database. There is no way to a query but inside a transaction. */
export interface Database extends AsyncDisposable {
  readonly url: string
  /** One transaction in which only this workspace exists. */
  withWorkspace<T>(workspaceId: string, work: (trx: Transaction) => Promise<T>): Promise<T>
  /** One transaction in which no workspace exists until `enterWorkspace`; for batches, claimers and the relay. */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>
  /**
   * Statements that are each a transaction of their own, which saves its end a round trip. No workspace exists in them:
   * for claimers, the relay, and functions of the database that enter the workspace themselves.
   */
  alone<T>(work: (statements: Statements) => Promise<T>): Promise<T>
}

/** Opens a pool that connects when first asked. Errors of Postgres leave by the table of `pg-errors.ts`. */
export function openDatabase({ url, poolMax = 10, applicationName, settings = {} }: DatabaseOptions): Database {
  const connection = {
    connectionString: url,
    application_name: applicationName,
    options: asOptions({ ...unlessFrozen, ...settings }),
    pipeline: true, // statements that need no answer of each other share a round trip; knex does not know the option
  }
  const knex = knexFactory({
    client: 'pg',
    connection,
    compileSqlOnError: false, // errors are logged and kept with dead letters: never with the values of a statement
    pool: { min: 0, max: poolMax, afterCreate: prepared },
    acquireConnectionTimeout: 10_000,
    log: silent,
  })
  const transaction = async <T>(work: (trx: Transaction) => Promise<T>): Promise<T> => {
    try {
      const done = await knex.transaction(async (trx) => {
        const result = await work(trx)
        await failpoint('store.commit.before')
        return result
      })
      await failpoint('store.commit.after')
      return done
    } catch (error) {
      throw fromPostgres(error)
    }
  }
  return {
    url,
    transaction,
    withWorkspace: (workspaceId, work) =>
      transaction(async (trx) => {
        enterWorkspace(trx, workspaceId)
        return work(trx)
      }),
    async alone(work) {
      try {
        return await work(knex)
      } catch (error) {
        throw fromPostgres(error)
      }
    },
    [Symbol.asyncDispose]: () => knex.destroy(),
  }
}

/** Longer than any work between two statements: a process that froze inside a transaction holds no row for good. */
const unlessFrozen = { idle_in_transaction_session_timeout: '5s' }

const prepared = (connection: Connection, done: (error: Error | null, connection: Connection) => void) => {
  prepareStatements(connection)
  done(null, connection)
}

// whatever knex would print it also throws, and what is thrown is logged where it is handled
const silent = { warn: () => {}, error: () => {}, deprecate: () => {}, debug: () => {} }

const asOptions = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
