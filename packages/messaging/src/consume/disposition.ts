import { type ErrorKind, isUmbelError } from '@umbel/kernel'

export type Disposition = 'pause' | 'retry' | 'skip' | 'dead-letter'

/** What becomes of a message whose handling failed, by the kind of error. */
const byKind = {
  unavailable: 'pause', // nothing is wrong with the message: the consumer waits, nothing is parked
  conflict: 'retry',
  'not-found': 'retry', // perhaps early: the topic that creates it may be behind
  refused: 'skip',
  invalid: 'dead-letter',
  forbidden: 'dead-letter',
} as const satisfies Record<ErrorKind, Disposition>

/** `bug` for whatever is no UmbelError: retried like a passing trouble, then a dead letter. */
export const dispositionOf = (error: unknown): Disposition | 'bug' => (isUmbelError(error) ? byKind[error.kind] : 'bug')
