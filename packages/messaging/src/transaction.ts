import type { Knex } from 'knex'

/** An open transaction. Opaque to inbound and commands: they only hand it on to stores. */
export type Transaction = Knex.Transaction

/** Whatever runs statements: a transaction, or a door where each statement is a transaction of its own. */
export type Statements = Pick<Knex, 'raw'>

/** Where a command works: in a transaction of its own, or in the one of the batch that its messages came in. */
export interface Scope {
  readonly workspaceId: string
  /** Set for commands that answer messages: the batch's transaction, with the workspace entered already. */
  readonly trx?: Transaction
}
