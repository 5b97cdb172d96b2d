import { conflict } from '@umbel/kernel'
import type { Behaviour } from './pipeline.ts'
import type { Tally } from './tally.ts'

/** As long as a rebalance waits for a member: work that takes longer is another member's by then. */
export const DEADLINE_MS = 15_000

/**
 * Gives up waiting for work that takes too long: many messages are tried one by one then, and one alone is parked in
 * the end. A transaction left behind may still commit; what was seen is in it, so its messages are repeats after that.
 */
export const withDeadline =
  (deadlineMs = DEADLINE_MS): Behaviour =>
  (next) =>
  async (work) => {
    const late = Promise.withResolvers<Tally>()
    const timer = setTimeout(
      () => late.reject(conflict('handling-too-slow', `not handled within ${deadlineMs} ms`)),
      deadlineMs,
    )
    try {
      return await Promise.race([next(work), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
