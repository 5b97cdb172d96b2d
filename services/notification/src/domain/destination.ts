import type { SendResult } from './attempt.ts'
import { BREAKING, FIRST_REST_MS, LONGEST_REST_MS } from './breaker.ts'

/** Where a mail goes: the domain of its address. */
export const destinationOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** A destination in trouble. */
export interface Trouble {
  /** In a row. */
  readonly failures: number
  /** Milliseconds that it rests; 0 before it rests for the first time. */
  readonly restMs: number
  /** Whether the one mail that may try has been let through. */
  readonly probing: boolean
}

/**
 * Whether the result says that the destination is in trouble, or that it is well; undefined: it says nothing about it.
 * A mailbox that is full or busy (450, 452) is its own trouble, and a no for good is an answer like any other.
 */
export function isTrouble(result: SendResult): boolean | undefined {
  switch (result.kind) {
    case 'accepted':
      return false
    case 'refused':
      return result.code < 500 && result.code !== 450 && result.code !== 452
    case 'stalled':
    case 'lost':
      return true
    case 'away':
    case 'late':
      return undefined
  }
}

/** The fifth failure in a row lets it rest; a probe that fails doubles the rest. */
export function afterFailure({ failures, restMs, probing }: Trouble): Trouble {
  const counted = failures + 1
  if (restMs > 0 && !probing) return { failures: counted, restMs, probing } // one that had left before the rest began
  if (counted < BREAKING) return { failures: counted, restMs: 0, probing: false }
  const next = restMs === 0 ? FIRST_REST_MS : Math.min(restMs * 2, LONGEST_REST_MS)
  return { failures: counted, restMs: next, probing: false }
}
