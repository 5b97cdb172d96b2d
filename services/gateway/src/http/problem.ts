import { invalid, isUmbelError, type UmbelError } from '@umbel/kernel'
import { statusOf } from '../http-status.ts'

/** RFC 9457, with the house's slug and the field that is wrong. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly slug: string
  readonly field?: string
}

const title = (slug: string): string => {
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Whatever was thrown as a problem; only what was meant to be read by callers keeps its words. */
export function problemOf(thrown: unknown, ifMatch: boolean): Problem {
  const error = toUmbelError(thrown)
  if (error === undefined) return problem('internal-error', 500, 'something went wrong here; the log has it')
  return problem(error.slug, statusOf(error, ifMatch), error.message, error.field)
}

function problem(slug: string, status: number, detail: string, field?: string): Problem {
  const base = { type: `urn:umbel:problem:${slug}`, title: title(slug), status, detail, slug }
  return field === undefined ? base : { ...base, field }
}

function toUmbelError(thrown: unknown): UmbelError | undefined {
  if (isUmbelError(thrown)) return thrown
  if (thrown instanceof URIError) return invalid('malformed-path', 'the path is not well encoded')
  if (!(thrown instanceof Error) || !('type' in thrown) || typeof thrown.type !== 'string') return undefined
  return fromBodyParser(thrown.type)
}

// express reads bodies; its errors carry a type instead of a class
function fromBodyParser(type: string): UmbelError | undefined {
  switch (type) {
    case 'entity.too.large':
      return invalid('body-too-large', 'the body is larger than this route takes')
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return invalid('unsupported-media-type', 'the body is encoded in a way that is not taken')
    case 'request.aborted':
    case 'request.size.invalid':
      return invalid('truncated-body', 'the body ended before its announced length')
    default:
      return undefined
  }
}
