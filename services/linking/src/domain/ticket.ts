import type { Cause } from './cause.ts'
import type { LinkKind, Priority, Status } from './words.ts'

/** What linking knows of a ticket; the higher version wins. */
export interface TicketState {
  readonly ticketId: string
  readonly version: number
  readonly status: Status
  readonly priority: Priority
  readonly groupId: string | null
  readonly customerId: string | null
  readonly projectId: string | null
  readonly hasRequester: boolean
  /** Left out where ticket was asked how it stands; the event of that version tells it. */
  readonly detail?: EventDetail
}

/** What only events tell of a ticket. */
export interface EventDetail {
  readonly number: number
  readonly requesterId: string | null
  readonly labels: readonly string[]
}

export interface ExternalId {
  readonly source: string
  readonly id: string
}

/** A public comment of a ticket's requester. */
export interface Reply {
  readonly commentId: string
  readonly at: Date
}

/** What a source said about links in one event. */
export type Declaration =
  | { readonly type: 'linked'; readonly kind: LinkKind; readonly target: ExternalId; readonly primary: boolean }
  | { readonly type: 'unlinked'; readonly kind: LinkKind; readonly target: ExternalId; readonly primary: boolean }
  | { readonly type: 'master' }

/** One event of a ticket as far as it concerns linking. */
export interface TicketEvent {
  readonly workspaceId: string
  readonly state: TicketState
  readonly externalIds: readonly ExternalId[]
  readonly reply: Reply | undefined
  readonly declarations: readonly Declaration[]
  readonly cause: Cause
  readonly occurredAt: Date
}

/** Several events of the same tickets as one change each: the newest state, the latest reply, every declaration in order. */
export interface TicketChange extends Omit<TicketEvent, 'declarations'> {
  readonly declared: readonly { readonly declaration: Declaration; readonly cause: Cause; readonly occurredAt: Date }[]
}

/** Folds a batch per ticket; the result is in id order, the order in which rows are locked. */
export function foldEvents(events: readonly TicketEvent[]): TicketChange[] {
  const byTicket = new Map<string, TicketChange>()
  for (const event of events) {
    const { declarations, ...rest } = event
    const { cause, occurredAt } = event
    const before = byTicket.get(event.state.ticketId)
    const declared = declarations.map((declaration) => ({ declaration, cause, occurredAt }))
    byTicket.set(event.state.ticketId, before ? merge(before, rest, declared) : { ...rest, declared })
  }
  return [...byTicket.values()].sort((a, b) => (a.state.ticketId < b.state.ticketId ? -1 : 1))
}

function merge(
  before: TicketChange,
  next: Omit<TicketEvent, 'declarations'>,
  declared: TicketChange['declared'],
): TicketChange {
  const newest = next.state.version >= before.state.version ? next : before
  return {
    ...newest,
    externalIds: [...before.externalIds, ...next.externalIds],
    reply: laterReply(before.reply, next.reply),
    declared: [...before.declared, ...declared],
  }
}

export function laterReply(one: Reply | undefined, other: Reply | undefined): Reply | undefined {
  if (!one || !other) return one ?? other
  return other.at.getTime() >= one.at.getTime() ? other : one
}
