import { type Actor, authorize, canSee, isUmbelError } from '@umbel/kernel'
import type { Fact } from './fact.ts'
import type { Ticket } from './ticket.ts'
import type { ActorRef } from './words.ts'

/** What an operation does to each child. */
export interface ItemEffect {
  readonly kind: 'broadcast' | 'close'
}

export interface DecideItem {
  readonly effect: ItemEffect
  readonly linkId: string | null
  /** The text this child gets, stored before; null: none. */
  readonly bodyId: string | null
  readonly commentId: string
  readonly actor: Actor
  readonly includeHidden: boolean
}

export type ItemDecision =
  | { readonly outcome: 'applied'; readonly facts: readonly Fact[]; readonly notifies: boolean }
  | { readonly outcome: 'skipped'; readonly reason: string }

/** Each child is decided alone: a refusal is that child's outcome, never the page's failure. */
export function decideItem(ticket: Ticket | undefined, command: DecideItem, at: Date): ItemDecision {
  const reason = skipReason(ticket, command)
  if (reason !== undefined || !ticket) return { outcome: 'skipped', reason: reason ?? 'not-found' }
  const facts = effectFacts(ticket, command, at)
  const spoken = facts.some(({ type }) => type === 'comment-added')
  return { outcome: 'applied', facts, notifies: spoken && ticket.requesterId !== null }
}

function skipReason(ticket: Ticket | undefined, command: DecideItem): string | undefined {
  if (!ticket) return 'not-found'
  const { actor, effect, bodyId } = command
  if (!command.includeHidden && !canSee(actor, ticket)) return 'not-found'
  if (!may(actor, effect, bodyId)) return 'not-permitted'
  if (ticket.linkId !== command.linkId) return 'no-longer-linked'
  if (ticket.status === 'closed') return 'ticket-closed'
  if (ticket.status === 'solved' && effect.kind === 'close') return 'already-solved'
  return ticket.master && bodyId ? 'master-is-internal' : undefined
}

function may(actor: Actor, effect: ItemEffect, bodyId: string | null): boolean {
  try {
    if (effect.kind === 'close') authorize(actor, 'update-ticket')
    if (bodyId) authorize(actor, 'comment-publicly')
    return true
  } catch (error) {
    if (isUmbelError(error)) return false
    throw error
  }
}

function effectFacts(ticket: Ticket, { effect, bodyId, commentId, actor }: DecideItem, at: Date): Fact[] {
  const author: ActorRef = { kind: 'agent', id: actor.id }
  const comment: Fact[] = bodyId
    ? [
        {
          type: 'comment-added',
          commentId,
          bodyId,
          public: true,
          author,
          broadcast: effect.kind === 'broadcast',
        },
      ]
    : []
  return effect.kind === 'broadcast'
    ? comment
    : [{ type: 'status-changed', from: ticket.status, to: 'solved', at }, ...comment]
}
