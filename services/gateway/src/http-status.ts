import type { ErrorKind, UmbelError } from '@umbel/kernel'

/** Error kind → HTTP status; a new kind does not compile until it has one. */
export const httpStatus = {
  invalid: 400,
  'not-found': 404,
  refused: 422,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>

/** What only HTTP can say, by slug. */
const bySlug: Readonly<Record<string, number>> = {
  'token-invalid': 401,
  'no-such-route': 404,
  'body-too-large': 413,
  'message-too-large': 413,
  'unsupported-media-type': 415,
  'too-many-streams': 429,
}

/** `ifMatch`: whether the caller named a version, which turns the conflict over it into 412. */
export function statusOf(error: UmbelError, ifMatch: boolean): number {
  if (ifMatch && error.slug === 'version-mismatch') return 412
  return bySlug[error.slug] ?? httpStatus[error.kind]
}
