import type { Transaction } from '@umbel/messaging'

/** Where a statement runs: a transaction that has entered this workspace. */
export interface Unit {
  readonly workspaceId: string
  readonly trx: Transaction
}

/** Runs one statement and gives its rows; `?` are bindings, arrays included. */
export async function rowsOf<Row>(
  { trx }: Pick<Unit, 'trx'>,
  sql: string,
  bindings: readonly Binding[],
): Promise<Row[]> {
  const { rows } = await trx.raw<{ rows: Row[] }>(sql, bindings.map(copied))
  return rows
}

export type Binding = string | number | boolean | Date | null | Buffer | readonly string[]

/** The driver's types ask for arrays that it might change. */
const copied = (binding: Binding) => (isList(binding) ? [...binding] : binding)
const isList = (binding: Binding): binding is readonly string[] => Array.isArray(binding)

/** A list of rows as one binding, for `jsonb_to_recordset`. */
export const recordset = (rows: readonly object[]): string => JSON.stringify(rows)
