import type { Statements } from '@umbel/messaging'

/** Rows of one statement; `?` stands for a binding, an array is one binding. */
export async function rows<Row>(trx: Statements, text: string, bindings: readonly Binding[] = []): Promise<Row[]> {
  const result = await trx.raw<{ rows: Row[] }>(text, bindings as never) // knex does not know lists as bindings
  return result.rows
}

/** The first row, if there is one. */
export const row = async <Row>(trx: Statements, text: string, bindings: readonly Binding[] = []) =>
  (await rows<Row>(trx, text, bindings))[0]

/** How many rows a statement touched. */
export async function touched(trx: Statements, text: string, bindings: readonly Binding[] = []): Promise<number> {
  const result = await trx.raw<{ rowCount: number | null }>(text, bindings as never)
  return result.rowCount ?? 0
}

/** What a statement can be given. */
export type Binding =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | Uint8Array
  | readonly (string | number | boolean | Date | Uint8Array | null)[]
