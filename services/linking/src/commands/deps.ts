import { type Action, type Actor, authorize, canSee, type Now, notFound } from '@umbel/kernel'
import { type Cause, causedByAgent, causedBySystem } from '../domain/cause.ts'
import type { KnownTicket } from '../store/known-tickets.ts'
import type { Say } from '../store/save-book.ts'
import type { Idempotency, Transact } from '../store/unit-of-work.ts'
import type { TicketDoor } from './ticket-door.ts'

/** What every command is handed. */
export interface Deps {
  readonly transact: Transact
  readonly say: Say
  readonly now: Now
  readonly newId: () => string
  readonly tickets: TicketDoor
}

/** Who asks for a write, where, and what makes a repeat known. */
export interface Write {
  readonly workspaceId: string
  readonly actor: Actor
  readonly idempotency: Idempotency
}

/** The cause of what an agent's command, or a service's own call, changes. */
export const causeOf = ({ newId }: Pick<Deps, 'newId'>, { actor, idempotency }: Write): Cause => {
  const id = idempotency.key || newId()
  return actor.role === 'service' ? causedBySystem(id) : causedByAgent(id, actor.id)
}

/** Throws `not-found` for tickets that are not known or that the actor may not see. */
export function authorizeFor(actor: Actor, action: Action, ticket: KnownTicket | undefined): asserts ticket {
  if (!ticket) {
    authorize(actor, action)
    throw notFound('not-found', 'no such ticket in this workspace')
  }
  authorize(actor, action, ticket)
}

export const visibleTo =
  (actor: Actor) =>
  (ticket: KnownTicket): boolean =>
    canSee(actor, ticket)
