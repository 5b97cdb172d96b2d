import { setTimeout as pause } from 'node:timers/promises'

const FIRST_MS = 50
const LONGEST_MS = 5_000

/**
 * Waits before the next attempt: doubling up to 5 s, with jitter so that those who failed together do not come back
 * together. Rejects when the signal aborts.
 */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS)
  await pause(longest / 2 + (Math.random() * longest) / 2, undefined, { signal })
}
