import { ApplicationFailure } from '@temporalio/common'
import { type ErrorKind, isUmbelError } from '@umbel/kernel'

/** What Temporal is to do about each kind of error. */
export const retryable = {
  unavailable: true, // something we need is away: for as long as it takes
  conflict: true, // it changed under the caller
  'not-found': false,
  refused: false,
  invalid: false,
  forbidden: false,
} as const satisfies Record<ErrorKind, boolean>

/** An error as an activity throws it: its slug is the type. What is no UmbelError is a bug, and tried again. */
export function toFailure(error: unknown): unknown {
  if (!isUmbelError(error)) return error
  return ApplicationFailure.create({
    type: error.slug,
    message: error.message,
    nonRetryable: !retryable[error.kind],
    cause: error,
  })
}
