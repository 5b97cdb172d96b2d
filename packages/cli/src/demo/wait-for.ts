import { setTimeout as pause } from 'node:timers/promises'

const DEADLINE_MS = 60_000
const PAUSE_MS = 100

/** Asks again until there is an answer; throws after a minute. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited a minute for ${what}`)
    await pause(PAUSE_MS)
  }
}
