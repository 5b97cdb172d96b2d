import { setTimeout as pause } from 'node:timers/promises'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 100

export interface UntilOptions {
  /** How long to go on asking; 10 s unless told. */
  readonly deadlineMs?: number
  /** What is waited for, as the failure tells it: `eight mails in the mailbox`. */
  readonly what: string
}

/**
 * Asks until the condition gives something truthy, and returns that. At the deadline it fails with what was waited for
 * and what came last: the last value, or the last error when the condition threw.
 */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions): Promise<NonNullable<T>> {
  const { deadlineMs = 10_000, what } = options
  const deadline = performance.now() + deadlineMs
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    const last = await outcome(condition)
    if ('value' in last && last.value) return last.value
    if (performance.now() > deadline) throw tooLate(what, deadlineMs, last)
    await pause(wait)
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function outcome<T>(condition: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await condition() }
  } catch (error) {
    return { error }
  }
}

function tooLate(what: string, deadlineMs: number, last: Outcome<unknown>): Error {
  const sentence = `waited ${deadlineMs} ms for ${what}`
  if ('error' in last)
    return new Error(`${sentence}; the last try failed: ${String(last.error)}`, { cause: last.error })
  return new Error(`${sentence}; the last answer was ${JSON.stringify(last.value)}`)
}
