import type { Transaction } from '@umbel/messaging'
import { type Binding, rows } from '@umbel/service-kit/store'

/** Where a statement runs: a transaction that has entered this workspace. */
export interface Unit {
  readonly workspaceId: string
  readonly trx: Transaction
}

/** Runs one statement and gives its rows; `?` are bindings, arrays included. */
export const rowsOf = <Row>({ trx }: Pick<Unit, 'trx'>, sql: string, bindings: readonly Binding[]): Promise<Row[]> =>
  rows<Row>(trx, sql, bindings)

/** A list of rows as one binding, for `jsonb_to_recordset`. */
export const recordset = (rows: readonly object[]): string => JSON.stringify(rows)
