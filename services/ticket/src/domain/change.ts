import { noteOf } from './audit.ts'
import { advance } from './evolve.ts'
import type { Fact } from './fact.ts'
import type { Ticket } from './ticket.ts'
import type { Cause } from './words.ts'

/** One step of one ticket: becomes a version, an audit entry and an event; the audit entry alone where nothing happened. */
export interface Change {
  /** The ticket after it. */
  readonly ticket: Ticket
  readonly facts: readonly Fact[]
  readonly cause: Cause
  /** Business time: upstream's, or the command's. */
  readonly occurredAt: Date
  /** Microseconds since 1970 by the database's clock, rising per ticket. */
  readonly recordedAt: number
  /** The source tells its customers itself. */
  readonly quiet: boolean
  readonly note: string
}

export interface StepOptions {
  readonly cause: Cause
  readonly occurredAt: Date
  readonly recordedAt: number
  readonly quiet?: boolean
  readonly note?: string
}

/** The facts as one step after `before`, which is undefined where the first fact is `opened`. */
export function step(before: Ticket | undefined, facts: readonly Fact[], options: StepOptions): Change {
  const { cause, occurredAt, recordedAt, quiet = false, note = noteOf(facts) } = options
  const ticket = facts.length === 0 && before ? before : advance(before, facts, occurredAt)
  return { ticket, facts, cause, occurredAt, recordedAt, quiet, note }
}
