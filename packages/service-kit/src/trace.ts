import { randomBytes } from 'node:crypto'

/** A W3C `traceparent` for work that nobody's trace began; sampled. */
export const newTraceparent = (): string => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
