import type { Doubt, State } from './notification.ts'
import { retryDelay } from './retry.ts'

/** What the mail server, or the lack of one, made of an attempt. */
export type SendResult =
  | { readonly kind: 'accepted' }
  /** The server said no: 4xx not now, 5xx never. */
  | { readonly kind: 'refused'; readonly code: number }
  /** The connection broke after the text began to leave: it may have been accepted. */
  | { readonly kind: 'lost' }
  /** No server, or one that is closing: nothing was said about this mail. */
  | { readonly kind: 'away' }
  /** The server took too long over the envelope: nothing of the text has left. */
  | { readonly kind: 'stalled' }
  /** The lease ran out before the text began to leave. */
  | { readonly kind: 'late' }

/** How a notification stands after an attempt. */
export interface Outcome {
  readonly state: State
  readonly reason: string
  /** Milliseconds until somebody must look again; null at an end. */
  readonly delayMs: number | null
  readonly doubt: Doubt | null
  /** The word for the delivery row; null: this was no attempt, and is not counted. */
  readonly delivery: 'sent' | 'retry' | 'failed' | 'unknown' | null
}

export interface Attempt {
  /** 1 for the first. */
  readonly number: number
  /** Set where an earlier attempt may have arrived and nobody can tell. */
  readonly doubt: Doubt | null
}

const AWAY_PAUSE_MS = 1_000

/**
 * What an attempt's result means. A mail that was sent again in doubt ends `unknown`, however this attempt went well or
 * ill: the recipient has it once or twice.
 */
export function decideOutcome({ number, doubt }: Attempt, result: SendResult, jitter: number): Outcome {
  switch (result.kind) {
    case 'accepted':
      return doubt === null ? end('sent', '', 'sent') : end('unknown', `resent-after-${doubt}`, 'unknown')
    case 'away':
    case 'late':
      return { state: number > 1 ? 'retry' : 'pending', reason: '', delayMs: AWAY_PAUSE_MS, doubt, delivery: null }
    case 'stalled':
      return again(number, doubt, 'retry', jitter)
    case 'lost':
      return again(number, doubt ?? 'lost-answer', 'unknown', jitter)
    case 'refused':
      if (result.code < 500) return again(number, doubt, 'retry', jitter)
      return doubt === null
        ? end('failed', refusal(result.code), 'failed')
        : end('unknown', `refused-after-${doubt}`, 'failed')
  }
}

function again(number: number, doubt: Doubt | null, delivery: 'retry' | 'unknown', jitter: number): Outcome {
  const delayMs = retryDelay(number, jitter)
  if (delayMs !== null) return { state: 'retry', reason: '', delayMs, doubt, delivery }
  return doubt === null ? end('failed', 'retries-exhausted', 'failed') : end('unknown', doubt, 'unknown')
}

const end = (state: State, reason: string, delivery: Outcome['delivery']): Outcome => ({
  state,
  reason,
  delayMs: null,
  doubt: null,
  delivery,
})

/** RFC 5321 §4.2.3, as slugs. */
function refusal(code: number): string {
  if (code === 550 || code === 551 || code === 553) return 'mailbox-unavailable'
  return code === 552 ? 'mailbox-full' : 'mail-rejected'
}
