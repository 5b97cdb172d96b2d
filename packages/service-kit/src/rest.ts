import { setTimeout as pause } from 'node:timers/promises'

/** Waits so long, or until the signal; then there is nothing to wait for. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}
