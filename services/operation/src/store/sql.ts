import type { Transaction } from '@umbel/messaging'

/** What a statement can be given. */
export type Binding =
  | string
  | number
  | boolean
  | Date
  | null
  | readonly (string | number | boolean | null)[]
  | Uint8Array

/** Rows of one statement; `?` stands for a binding. */
export async function rows<Row>(trx: Transaction, text: string, bindings: readonly Binding[] = []): Promise<Row[]> {
  const result = await trx.raw<{ rows: Row[] }>(text, bindings as never) // knex does not know lists as bindings
  return result.rows
}

/** The first row, if there is one. */
export const row = async <Row>(trx: Transaction, text: string, bindings: readonly Binding[] = []) =>
  (await rows<Row>(trx, text, bindings))[0]
