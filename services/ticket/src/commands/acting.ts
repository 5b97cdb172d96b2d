import { type Actor, conflict, forbidden, invalid } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import type { Ticket } from '../domain/ticket.ts'
import { type ActorRef, type Cause, rootCause } from '../domain/words.ts'
import type { Caller } from '../store/actor-store.ts'

/** How an actor stands in causes and comments. */
export const actorRef = ({ id, role }: Actor): ActorRef => ({
  kind: role === 'service' || role === 'operator' ? 'system' : 'agent',
  id,
})

/** A call is its own root: by its idempotency key, so that a repeat has the same cause. */
export function causeOf(actor: Actor, key: string): Cause {
  const ref = actorRef(actor)
  return rootCause(ref.kind === 'system' ? 'system' : 'user', key === '' ? newId() : key, ref)
}

/** What one service asks of another is not for agents. */
export function requireService({ kind }: Caller): void {
  if (kind !== 'service') throw forbidden('not-permitted', 'services only')
}

/** 0: whatever it is now. */
export function requireVersion({ version }: Ticket, expected: number): void {
  if (expected !== 0 && expected !== version)
    throw conflict('version-mismatch', `the ticket is at version ${version}, not ${expected}`)
}

export function requireAtMost(max: number, items: readonly unknown[], field: string): void {
  if (items.length > max) throw invalid('too-many', `${field} takes at most ${max} at once`, { field })
}
