import type { Transaction } from '@umbel/messaging'

/** Rows of one statement; `?` stands for a binding. */
export async function rows<Row>(trx: Transaction, text: string, bindings: readonly unknown[] = []): Promise<Row[]> {
  const result = await trx.raw<{ rows: Row[] }>(text, bindings as unknown[] as never)
  return result.rows
}

/** The first row, if there is one. */
export const row = async <Row>(trx: Transaction, text: string, bindings: readonly unknown[] = []) =>
  (await rows<Row>(trx, text, bindings))[0]

/** How many rows a statement touched. */
export async function touched(trx: Transaction, text: string, bindings: readonly unknown[] = []): Promise<number> {
  const result = await trx.raw<{ rowCount: number | null }>(text, bindings as unknown[] as never)
  return result.rowCount ?? 0
}

export const toMicros = (date: Date): number => date.getTime() * 1_000

/** Microseconds since 1970 as Postgres reads them, without the rounding of a float. */
export function microsToText(micros: number): string {
  const ms = Math.floor(micros / 1000)
  const rest = String(micros - ms * 1000).padStart(3, '0')
  return new Date(ms).toISOString().replace('Z', `${rest}Z`)
}

/** SQL for the database's clock in microseconds. */
export const CLOCK = '(extract(epoch from clock_timestamp()) * 1000000)::bigint'
