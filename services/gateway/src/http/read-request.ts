import { invalid } from '@umbel/kernel'
import type { z } from 'zod'

/** Bytes as JSON, or `malformed-json`. An empty body is `undefined`. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw invalid('malformed-json', 'the body is not well-formed JSON in UTF-8', { cause })
  }
}

/** Parses by schema; the first thing wrong is named as callers spell it: `children[3].subject`. */
export function parseBy<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw issue === undefined ? invalid('invalid-request', 'the request is not understood') : fromIssue(issue)
}

function fromIssue(issue: z.core.$ZodIssue): Error {
  const inner = issue.code === 'invalid_union' ? closest(issue) : undefined
  if (inner !== undefined) return fromIssue(inner)
  if (issue.code !== 'unrecognized_keys') return invalid('invalid-field', issue.message, { field: spell(issue.path) })
  const field = spell([...issue.path, issue.keys[0] ?? ''])
  return invalid('unknown-field', `there is no field ${field} here`, { field })
}

// what is wrong inside the alternative that was meant: the one that objects least to the value itself
function closest(union: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined {
  const meant = [...union.errors].sort((one, other) => distance(one) - distance(other))[0]
  const issue = meant === undefined || distance(meant) === ANOTHER_TYPE ? undefined : meant[0]
  return issue === undefined ? undefined : { ...issue, path: [...union.path, ...issue.path] }
}

const ANOTHER_TYPE = 3

/** 0: the value fits, and something inside it is wrong. A literal or a word of a list says `invalid_value` to any type. */
const distance = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.filter(({ path }) => path.length === 0).map(({ code }) => distanceOf(code)))

function distanceOf(code: z.core.$ZodIssue['code']): number {
  if (code === 'invalid_type') return ANOTHER_TYPE
  return code === 'invalid_value' ? 2 : 1
}

const spell = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')

const VERSION_TAG = /^"(\d{1,19})"$/

/** `If-Match: "7"` → 7; none and `*` → 0, whatever the version is. */
export function expectedVersion(header: string | undefined): bigint {
  if (header === undefined || header === '*') return 0n
  const digits = VERSION_TAG.exec(header)?.[1]
  if (digits === undefined)
    throw invalid('invalid-field', 'If-Match takes one version in quotes: "7"', { field: 'If-Match' })
  return BigInt(digits)
}

const KEY = /^[\x21-\x7e]{1,200}$/

/** The caller's idempotency key, if one was given. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header
  throw invalid('invalid-field', 'Idempotency-Key takes 1 to 200 printable characters without spaces', {
    field: 'Idempotency-Key',
  })
}
