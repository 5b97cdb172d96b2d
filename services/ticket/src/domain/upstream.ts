import { invalid, refused } from '@umbel/kernel'
import { noteOf } from './audit.ts'
import { commentFact } from './comment.ts'
import type { Fact } from './fact.ts'
import { decideOpen } from './open.ts'
import { news, type RefKind, remember, type Snapshot } from './snapshot.ts'
import type { Ticket } from './ticket.ts'
import { moves, type UpdateTicket } from './update.ts'
import type { ActorRef, LinkKind } from './words.ts'

/** What a source of record says, in its own ids. */
export type UpstreamSaid =
  | {
      readonly kind: 'upserted'
      readonly said: Snapshot
      readonly master: boolean
      /** The status text the source used where it has no equal here. */
      readonly unmappedStatus: string
      readonly description?: string
    }
  | {
      readonly kind: 'commented'
      readonly author: { readonly kind: 'requester' | 'assignee' | 'source'; readonly externalId: string }
      readonly public: boolean
      readonly text: string
    }
  | { readonly kind: 'linked' | 'unlinked'; readonly link: LinkKind; readonly target: string }

/** What the decision needs from outside: ids it may use, and what the source's ids mean here. */
export interface UpstreamContext {
  readonly source: string
  readonly subject: string
  readonly at: Date
  readonly newTicket: { readonly id: string; readonly number: number }
  /** Made only where there is a comment: deriving ids is a tenth of an event's work. */
  commentIds(): { readonly commentId: string; readonly bodyId: string }
  resolve(kind: RefKind, externalId: string): string
}

export interface Followed {
  readonly ticket: Ticket | undefined
  readonly snapshot: Snapshot
}

export interface UpstreamDecision {
  readonly facts: readonly Fact[]
  readonly snapshot: Snapshot
  readonly note: string
}

/** The source of record may do what nobody else may: it opens closed tickets again. */
export function decideUpstream(now: Followed, event: UpstreamSaid, context: UpstreamContext): UpstreamDecision {
  if (event.kind === 'upserted') return upserted(now, event, context)
  if (!now.ticket) throw invalid('subject-unknown', `${context.subject} was never upserted by ${context.source}`)
  const facts = event.kind === 'commented' ? commented(now.ticket, event, context) : [linkFact(event, context)]
  return { facts, snapshot: now.snapshot, note: noteOf(facts) }
}

function upserted(
  { ticket, snapshot }: Followed,
  event: Extract<UpstreamSaid, { kind: 'upserted' }>,
  context: UpstreamContext,
): UpstreamDecision {
  const fresh = news(snapshot, event.said)
  const facts = ticket
    ? [...moves(ticket, asUpdate(snapshot, fresh, context), context.at), ...primaryFacts(snapshot, fresh, context)]
    : opened(fresh, event, context)
  const note = event.unmappedStatus === '' ? noteOf(facts) : 'unmapped-status'
  return { facts, snapshot: remember(snapshot, event.said), note }
}

function opened(
  fresh: Snapshot,
  { master, description }: Extract<UpstreamSaid, { kind: 'upserted' }>,
  context: UpstreamContext,
): Fact[] {
  const { source, subject } = context
  const facts = decideOpen(
    {
      ...context.newTicket,
      ...references(fresh, context),
      ...(master ? { requesterId: null } : {}),
      subject: fresh.subject ?? subject,
      status: fresh.status,
      priority: fresh.priority,
      labels: fresh.labels,
      fields: fresh.fields,
      externalIds: [{ source, id: subject }],
      ...(description ? { description: { ...context.commentIds(), text: description } } : {}),
    },
    { kind: 'source', id: source },
    context.at,
  )
  return [...facts, ...(master ? [{ type: 'master-declared' } as const] : []), ...primaryFacts({}, fresh, context)]
}

/** Labels go by what the source added and took away since it spoke last: an agent's own stay. */
function asUpdate(before: Snapshot, fresh: Snapshot, context: UpstreamContext): UpdateTicket {
  const { labels } = fresh
  const { labels: known = [] } = before
  return {
    subject: fresh.subject,
    status: fresh.status,
    priority: fresh.priority,
    ...references(fresh, context),
    ...(labels
      ? {
          addLabels: labels.filter((label) => !known.includes(label)),
          removeLabels: known.filter((label) => !labels.includes(label)),
        }
      : {}),
    fields: fresh.fields,
  }
}

const target = {
  requester: 'requesterId',
  customer: 'customerId',
  project: 'projectId',
  group: 'groupId',
  assignee: 'assigneeId',
} as const satisfies Record<RefKind, keyof UpdateTicket>

function references({ refs = {} }: Snapshot, context: UpstreamContext): UpdateTicket {
  const named = Object.entries(refs) as [RefKind, string][]
  return Object.fromEntries(named.map(([kind, id]) => [target[kind], id === '' ? null : context.resolve(kind, id)]))
}

/** A move is one event: the old link withdrawn and the new one declared together. */
function primaryFacts(before: Snapshot, { primaryMaster }: Snapshot, { source }: UpstreamContext): Fact[] {
  if (primaryMaster === undefined) return []
  const link = (type: 'link-declared' | 'link-withdrawn', id: string): Fact[] =>
    id === '' ? [] : [{ type, kind: 'child', target: { source, id }, primary: true }]
  return [...link('link-withdrawn', before.primaryMaster ?? ''), ...link('link-declared', primaryMaster)]
}

function commented(
  ticket: Ticket,
  { author, text, public: isPublic }: Extract<UpstreamSaid, { kind: 'commented' }>,
  context: UpstreamContext,
): Fact[] {
  if (ticket.master && isPublic) throw refused('master-is-internal', 'a master takes internal comments only')
  return [commentFact({ ...context.commentIds(), text, public: isPublic, author: authorOf(author, context) })]
}

function authorOf(
  { kind, externalId }: Extract<UpstreamSaid, { kind: 'commented' }>['author'],
  { source, resolve }: UpstreamContext,
): ActorRef {
  if (kind === 'source' || externalId === '') return { kind: 'source', id: source }
  return { kind: kind === 'assignee' ? 'agent' : 'requester', id: resolve(kind, externalId) }
}

const linkFact = (
  { kind, link, target: id }: Extract<UpstreamSaid, { kind: 'linked' | 'unlinked' }>,
  { source }: UpstreamContext,
): Fact => ({
  type: kind === 'linked' ? 'link-declared' : 'link-withdrawn',
  kind: link,
  target: { source, id },
  primary: false,
})
