import type { Statements, Transaction } from './transaction.ts'

/** One role's door to one database: all that messaging asks of it. */
export interface TransactionSource {
  readonly url: string
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>
  /** Statements that are each a transaction of their own, which saves its end a round trip. No workspace exists in them. */
  alone<T>(work: (statements: Statements) => Promise<T>): Promise<T>
}
