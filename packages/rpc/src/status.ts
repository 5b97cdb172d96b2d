import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js'
import { type ErrorKind, errorKinds, isUmbelError, UmbelError, unavailable } from '@umbel/kernel'
import { CallOverdue } from './limits.ts'

const SLUG = 'umbel-slug'
const KIND = 'umbel-kind'
const FIELD = 'umbel-field'

/** The one place where error kinds meet gRPC's status codes. */
const codeOf = {
  invalid: status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  refused: status.FAILED_PRECONDITION,
  forbidden: status.PERMISSION_DENIED,
  conflict: status.ABORTED,
  unavailable: status.UNAVAILABLE,
} as const satisfies Record<ErrorKind, status>

const AWAY: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED])

/** What a caller is told. Anything that is no UmbelError is a bug: its text stays inside. */
export function toStatus(error: unknown): Partial<StatusObject> {
  const metadata = new Metadata()
  if (error instanceof CallOverdue) return { code: status.DEADLINE_EXCEEDED, details: error.message, metadata }
  if (!isUmbelError(error)) {
    metadata.set(SLUG, 'internal')
    return { code: status.INTERNAL, details: 'something went wrong inside', metadata }
  }
  metadata.set(SLUG, error.slug)
  metadata.set(KIND, error.kind)
  if (error.field !== undefined) metadata.set(FIELD, encodeURIComponent(error.field))
  const code = error.slug === 'token-invalid' ? status.UNAUTHENTICATED : codeOf[error.kind]
  return { code, details: error.message, metadata }
}

/** gRPC's name of how a call ended, for metrics. */
export const codeNameOf = (error: unknown): string =>
  error === undefined ? 'OK' : (status[toStatus(error).code ?? status.UNKNOWN] ?? 'UNKNOWN')

/** The error that the other side threw; whatever the wire adds (deadlines, lost connections) is `unavailable`. */
export function fromStatus(error: unknown): Error {
  if (!isServiceError(error)) return error instanceof Error ? error : new Error(String(error))
  const text = (key: string) => error.metadata?.get(key)[0]?.toString()
  const kind = errorKinds.find((each) => each === text(KIND))
  const field = text(FIELD)
  if (kind !== undefined)
    return new UmbelError(kind, text(SLUG) ?? kind, error.details, {
      cause: error,
      ...(field === undefined ? {} : { field: decodeURIComponent(field) }),
    })
  return AWAY.has(error.code) ? unavailable('peer-away', error.details, { cause: error }) : error
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error
