import { type Actor, authorize, canSee, isUmbelError } from '@umbel/kernel'
import { type Assignees, assignmentRefusal } from './assignment.ts'
import type { Fact } from './fact.ts'
import {
  commentOf,
  type EarlierEffect,
  type ItemEffect,
  type ItemText,
  speaksPublicly,
  updateOf,
} from './item-effect.ts'
import { notSuperseded, syncedFields } from './synced.ts'
import { movedVersion, type Ticket } from './ticket.ts'
import { moves, type UpdateTicket } from './update.ts'
import type { ActorRef } from './words.ts'

export interface DecideItem {
  readonly effect: ItemEffect
  readonly linkId: string | null
  readonly text: ItemText | null
  /** The version that the plan saw; 0: not known. */
  readonly plannedVersion: number
  /** Made only where there is a comment: deriving ids is work. */
  commentId(): string
  readonly actor: Actor
  readonly author: ActorRef
  readonly includeHidden: boolean
  /** The master's version that a sync rests on; 0: no sync. */
  readonly masterVersion: number
  /** What the steps that the effect looks back to did to this child. */
  readonly earlier: EarlierEffect | undefined
  /** Whom and what an assignment may name. */
  readonly assignees: Assignees
}

export type ItemDecision =
  | { readonly outcome: 'applied'; readonly facts: readonly Fact[]; readonly notifies: boolean }
  | { readonly outcome: 'skipped'; readonly reason: string }

/** Each child is decided alone: a refusal is that child's outcome, never the page's failure. */
export function decideItem(ticket: Ticket | undefined, command: DecideItem, at: Date): ItemDecision {
  if (!ticket) return skipped('not-found')
  const { effect, text, earlier, masterVersion } = command
  const asked = updateOf(effect, ticket, earlier)
  const update = masterVersion > 0 ? notSuperseded(asked, ticket.synced, masterVersion) : asked
  const superseded = namesFields(asked) && !namesFields(update)
  const reason = barred(ticket, command, superseded) ?? unfit(ticket, command) ?? unassignable(ticket, command, update)
  if (reason !== undefined) return skipped(reason)
  const since = effect.kind === 'undo' && earlier?.found?.solvedAt ? new Date(earlier.found.solvedAt) : at
  const facts = movesOf(ticket, update, since)
  if (typeof facts === 'string') return skipped(facts)
  if (text) facts.push(commentOf(effect, text, command.commentId(), command.author))
  if (facts.length === 0) return skipped('already-so')
  return { outcome: 'applied', facts, notifies: text !== null && speaksPublicly(effect) && ticket.requesterId !== null }
}

/** What would be too much for this child is its own outcome. */
function movesOf(ticket: Ticket, update: UpdateTicket, since: Date): Fact[] | string {
  try {
    return moves(ticket, update, since)
  } catch (error) {
    if (isUmbelError(error)) return error.slug
    throw error
  }
}

const namesFields = (update: UpdateTicket): boolean => syncedFields(update).length > 0

const skipped = (reason: string): ItemDecision => ({ outcome: 'skipped', reason })

/** Why nothing of this operation may touch the child at all. */
function barred(ticket: Ticket, command: DecideItem, superseded: boolean): string | undefined {
  const { actor } = command
  if (!command.includeHidden && !canSee(actor, ticket)) return 'not-found'
  if (!may(actor, command)) return 'not-permitted'
  if (ticket.linkId !== command.linkId) return 'no-longer-linked'
  if (superseded) return 'superseded'
  return ticket.status === 'closed' ? 'ticket-closed' : undefined
}

function may(actor: Actor, { effect, text }: DecideItem): boolean {
  try {
    if (effect.kind !== 'broadcast' && effect.kind !== 'note') authorize(actor, 'update-ticket')
    if (text) authorize(actor, speaksPublicly(effect) ? 'comment-publicly' : 'comment-internally')
    return true
  } catch (error) {
    if (isUmbelError(error)) return false
    throw error
  }
}

/** Why this effect does not fit the child as it stands. */
function unfit(ticket: Ticket, command: DecideItem): string | undefined {
  const { effect, text, earlier } = command
  if (text && speaksPublicly(effect)) {
    if (ticket.master) return 'master-is-internal'
    if (plannedForAnother(ticket, command)) return 'requester-changed'
  }
  if (effect.kind === 'close' || effect.kind === 'ask_to_close') {
    if (ticket.status === 'solved') return 'already-solved'
    const moved = effect.kind === 'close' && effect.askedInStep > 0 ? movedSinceAsked(ticket, earlier) : undefined
    if (moved !== undefined) return moved
    if (ticket.customerWaits && !effect.includeReplied) return 'customer-replied'
  }
  if (effect.kind === 'undo') {
    if (!earlier) return 'not-applied'
    if (earlier.version > ticket.version || earlier.version < movedVersion(ticket)) return 'moved-since'
    if (!earlier.found) return 'not-undoable'
  }
  return text?.empty ? 'variable-empty' : undefined
}

/** The plan's leak check allowed the name of the requester it saw; for another requester that name is a leak. */
const plannedForAnother = ({ requesterVersion }: Ticket, { plannedVersion }: DecideItem): boolean =>
  plannedVersion > 0 && plannedVersion < requesterVersion

function movedSinceAsked(ticket: Ticket, earlier: EarlierEffect | undefined): string | undefined {
  if (!earlier) return 'not-asked'
  if (earlier.version === ticket.version) return undefined
  return ticket.customerWaits ? 'customer-replied' : 'moved-since'
}

const unassignable = (ticket: Ticket, { actor, assignees }: DecideItem, update: UpdateTicket): string | undefined =>
  assignmentRefusal(ticket, update, actor, assignees)
