import { AsyncLocalStorage } from 'node:async_hooks'

const TRACEPARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

const current = new AsyncLocalStorage<string>()

/** A W3C `traceparent` for work that nobody's trace began; sampled. */
export const newTraceparent = (): string => `00-${hex(16)}-${hex(8)}-01`

/** The trace that this work belongs to; undefined where none was entered. */
export const currentTraceparent = (): string | undefined => current.getStore()

/** Runs the work, and all it starts, inside this trace; inside a new one where there is none or it is unreadable. */
export const withTrace = <T>(traceparent: string | undefined, work: () => T): T =>
  current.run(traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : newTraceparent(), work)

function hex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')
}
