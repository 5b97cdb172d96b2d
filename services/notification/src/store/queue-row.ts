import type { Outcome } from '../domain/attempt.ts'
import type { Doubt } from '../domain/notification.ts'

/** A due row, read without a lock: worth preparing, not yet ours to send. */
export interface Due {
  readonly id: string
  readonly ticketId: string
  readonly commentId: string
  readonly recipientId: string
  readonly channel: string
  readonly operationId: string | null
  readonly cause: Uint8Array
  readonly attempts: number
  /** Of them, those before it was last asked for again: the retry schedule begins anew after them. */
  readonly earlierAttempts: number
}

/** A row that is ours to send until its lease runs out. */
export interface Leased {
  readonly id: string
  /** Counts every lease of the row: what an earlier holder writes no longer counts. */
  readonly epoch: string
  readonly attempt: number
  readonly doubt: Doubt | null
}

export interface Result {
  readonly due: Due
  readonly leased: Leased
  readonly outcome: Outcome
}
