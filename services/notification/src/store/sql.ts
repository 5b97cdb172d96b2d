import type { Transaction } from '@umbel/messaging'

/** Rows of one statement; `?` stands for a binding, an array is one binding. */
export async function rows<Row>(trx: Transaction, text: string, bindings: readonly unknown[] = []): Promise<Row[]> {
  const result = await trx.raw<{ rows: Row[] }>(text, bindings as unknown[] as never)
  return result.rows
}

/** How many rows a statement touched. */
export async function touched(trx: Transaction, text: string, bindings: readonly unknown[] = []): Promise<number> {
  const result = await trx.raw<{ rowCount: number | null }>(text, bindings as unknown[] as never)
  return result.rowCount ?? 0
}
