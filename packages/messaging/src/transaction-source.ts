import type { Transaction } from './transaction.ts'

/** One role's door to one database: all that messaging asks of it. */
export interface TransactionSource {
  readonly url: string
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>
}
