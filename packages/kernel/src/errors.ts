/** The closed set of error kinds; every edge (HTTP, gRPC, Kafka, Temporal) maps all of them in one table. */
export const errorKinds = ['invalid', 'not-found', 'refused', 'forbidden', 'conflict', 'unavailable'] as const
export type ErrorKind = (typeof errorKinds)[number]

export interface ErrorDetail {
  /** The input field that is wrong, as the caller spelled it: `children[3].id`. */
  readonly field?: string
  readonly cause?: unknown
}

/** The one error class of the house: what went wrong, by kind and by a slug that never changes. */
export class UmbelError extends Error {
  readonly kind: ErrorKind
  readonly slug: string
  readonly field: string | undefined

  constructor(kind: ErrorKind, slug: string, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'UmbelError'
    this.kind = kind
    this.slug = slug
    this.field = detail.field
  }
}

type Raise = (slug: string, message: string, detail?: ErrorDetail) => UmbelError
const raise =
  (kind: ErrorKind): Raise =>
  (slug, message, detail) =>
    new UmbelError(kind, slug, message, detail)

/** The request itself is wrong; sending it again cannot help. */
export const invalid = raise('invalid')
/** No such thing in this workspace, or not yet. Also the answer for what the caller may not see. */
export const notFound = raise('not-found')
/** Understood, and a rule says no. */
export const refused = raise('refused')
/** This agent or service may not. */
export const forbidden = raise('forbidden')
/** It changed under the caller. */
export const conflict = raise('conflict')
/** Something we need is away; the same call may succeed later. */
export const unavailable = raise('unavailable')

export const isUmbelError = (error: unknown): error is UmbelError => error instanceof UmbelError
