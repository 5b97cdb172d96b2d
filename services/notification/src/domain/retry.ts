const SECOND = 1_000
const MINUTE = 60 * SECOND

const delays = [SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, 60 * MINUTE]

/**
 * Milliseconds to wait after this attempt (1 for the first), or null when there is none left. `jitter` in [0, 1) moves
 * the wait by up to a fifth either way, so that a recovering server is not met by all at once.
 */
export function retryDelay(attempt: number, jitter: number): number | null {
  const delay = delays[attempt - 1]
  return delay === undefined ? null : Math.round(delay * (0.8 + 0.4 * jitter))
}
