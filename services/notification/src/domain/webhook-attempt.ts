import { BREAKING, FIRST_REST_MS, LONGEST_REST_MS } from './breaker.ts'

/** What an endpoint, or the lack of one, made of an attempt. */
export type PostResult =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'connection-failed' | 'address-refused' }
  /** It was not begun: the endpoint failed too often meanwhile, or the time ran out. */
  | { readonly kind: 'not-begun' }

/** How a message stands after an attempt. */
export interface MessageOutcome {
  readonly state: 'pending' | 'retry' | 'sent' | 'failed'
  readonly reason: string
  /** Milliseconds until the next try; null at an end. */
  readonly delayMs: number | null
  /** For the delivery row; null: this was no attempt, and is not counted. */
  readonly delivery: { readonly result: 'sent' | 'retry' | 'failed'; readonly detail: string } | null
}

/** How an endpoint stands after attempts. */
export interface EndpointOutcome {
  /** In a row. */
  readonly failures: number
  /** Milliseconds in which nothing is sent to it; null: none. */
  readonly restMs: number | null
  readonly gone: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** After the first of ten tries; 75 h 35 min in all (Standard Webhooks). */
const delays = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]

const LONGEST_RETRY_AFTER = 24 * HOUR
const THROTTLING: ReadonlySet<number> = new Set([429, 502, 504])
const GONE = 410

const isSuccess = (result: PostResult): boolean =>
  result.kind === 'answered' && result.status >= 200 && result.status < 300

/**
 * What an attempt's result means for its message: any 2xx is the end, 410 too, all else is tried again by the schedule,
 * never before the endpoint wants it. `number` is 1 for the first attempt; `jitter` in [0, 1) moves the wait by up to a
 * tenth either way.
 */
export function decideMessage(number: number, result: PostResult, jitter: number): MessageOutcome {
  if (result.kind === 'not-begun')
    return { state: number > 1 ? 'retry' : 'pending', reason: '', delayMs: 0, delivery: null }
  const detail = detailOf(result)
  if (isSuccess(result)) return end('sent', '', { result: 'sent', detail })
  if (result.kind === 'answered' && result.status === GONE) return end('failed', 'gone', { result: 'failed', detail })
  const delay = delays[number - 1]
  if (delay === undefined) return end('failed', 'retries-exhausted', { result: 'failed', detail })
  const delayMs = Math.max(Math.round(delay * (0.9 + 0.2 * jitter)), retryAfterOf(result))
  return { state: 'retry', reason: detail, delayMs, delivery: { result: 'retry', detail } }
}

/**
 * What results, in the order in which they came, mean for their endpoint: after five failures in a row it rests, for
 * 5 s and then twice as long each time, at most 15 min; one that asks for it rests at once, as long as it asks.
 */
export function decideEndpoint(failuresBefore: number, results: readonly PostResult[]): EndpointOutcome {
  let failures = failuresBefore
  let askedMs = 0
  let throttled = false
  let gone = false
  for (const result of results) {
    if (result.kind === 'not-begun') continue
    failures = isSuccess(result) ? 0 : failures + 1
    if (result.kind !== 'answered') continue
    gone ||= result.status === GONE
    throttled ||= THROTTLING.has(result.status)
    askedMs = Math.max(askedMs, retryAfterOf(result))
  }
  // those that were under way together tell of one outage: each rest doubles the next, not each message
  failures = Math.min(failures, Math.max(failuresBefore + 1, BREAKING))
  const broken = failures >= BREAKING || throttled
  const restMs = broken ? Math.min(FIRST_REST_MS * 2 ** Math.max(0, failures - BREAKING), LONGEST_REST_MS) : 0
  return { failures, restMs: Math.max(restMs, askedMs) || null, gone }
}

/** Whether an endpoint has failed too often to be sent more than one message, which tells how it is now. */
export const isProbed = (failures: number): boolean => failures >= BREAKING

/** Whether no further attempt should begin in this turn. */
export const shouldStop = (failuresBefore: number, results: readonly PostResult[]): boolean => {
  const { restMs, gone } = decideEndpoint(failuresBefore, results)
  return gone || restMs !== null
}

const retryAfterOf = (result: PostResult): number =>
  result.kind === 'answered' && !isSuccess(result) ? Math.min(result.retryAfterMs ?? 0, LONGEST_RETRY_AFTER) : 0

const detailOf = (result: Exclude<PostResult, { kind: 'not-begun' }>): string =>
  result.kind === 'answered' ? `http-${result.status}` : result.reason

const end = (
  state: 'sent' | 'failed',
  reason: string,
  delivery: NonNullable<MessageOutcome['delivery']>,
): MessageOutcome => ({ state, reason, delayMs: null, delivery })
