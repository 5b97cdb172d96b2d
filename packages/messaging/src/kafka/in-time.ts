import { setTimeout as pause } from 'node:timers/promises'

const LONGEST_GOODBYE_MS = 5000

/**
 * Whether the work ended in time. kafkajs waits without end for a broker that is away, and who stops cannot: the group
 * notices a member that is gone by its silence.
 */
export async function inTime(work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController()
  const late = pause(LONGEST_GOODBYE_MS, false, { signal: over.signal })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    over.abort()
    await Promise.allSettled([late])
  }
}
