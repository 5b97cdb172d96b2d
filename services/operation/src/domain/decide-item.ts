import { emptyVariables, type TemplateValues } from '@umbel/kernel/template'
import type { PastBroadcast } from './catch-up.ts'
import type { Change, Item, OperationKind } from './operation.ts'
import type { Body } from './texts.ts'

/** A ticket as it is when the plan is made. */
export interface PlannedTicket {
  readonly number: number
  readonly version: number
  readonly status: string
  readonly priority: string
  readonly assigneeId: string
  readonly groupId: string
  readonly customerId: string
  readonly labels: readonly string[]
  readonly linkId: string
  /** The customer wrote last. */
  readonly customerWaits: boolean
  readonly locale: string
  /** Of the variables that were asked for. */
  readonly values: TemplateValues
}

/** A child as linking and ticket know it when the plan is made. */
export interface PlannedChild {
  readonly ticketId: string
  readonly linkId: string
  /** When it joined its master, as a rising number; 0: it is not linked. */
  readonly linkSeq: number
  /** Undefined: no such ticket, or none that the actor may see. */
  readonly ticket: PlannedTicket | undefined
  /** Whether this master drives it. */
  readonly linked: boolean
  /** undo: what the operation that is put back made of it. */
  readonly undone?: Pick<Item, 'before' | 'after' | 'version'>
  /** catch_up: the broadcasts that it has not got, oldest first. */
  readonly missed?: readonly PastBroadcast[]
}

export type PlannedItem = Omit<Item, 'seq' | 'moved' | 'notification' | 'notificationReason'> & {
  readonly plannedVersion: number
}

/** The text for this child; `none`: the operation says nothing; undefined: it has nothing to say to this one. */
export type TextFor = (child: PlannedChild) => Body | 'none' | undefined

/** What is to be decided about every child of an operation alike. */
export interface Rule {
  readonly kind: OperationKind
  readonly change: Change
  readonly textFor: TextFor
  readonly nameOf: (id: string) => string
}

/** Before and after for a child, or the reason to skip it. */
export function decideItem(rule: Rule, child: PlannedChild): PlannedItem {
  const { ticket, ticketId, linkId } = child
  const body = ticket && child.linked ? rule.textFor(child) : 'none'
  const { before, after } = ticket ? words(rule, child, ticket) : NO_WORDS
  const nothingToDo = setsFields(rule.kind) && before === after
  const reason = skipReason(rule, child, body) || (nothingToDo ? 'already-so' : '')
  const planned = reason === ''
  return {
    ticketId,
    linkId,
    ticketNumber: ticket?.number ?? 0,
    plannedVersion: ticket?.version ?? 0,
    version: 0,
    body: typeof body === 'object' ? body.seq : 0,
    state: planned ? 'planned' : 'skipped',
    reason,
    before,
    after: planned ? after : before,
  }
}

/** Whether nothing is done where the fields are as they should be already. */
const setsFields = (kind: OperationKind) => !['broadcast', 'note', 'catch_up', 'close', 'undo'].includes(kind)

function skipReason({ kind, change }: Rule, child: PlannedChild, body: ReturnType<TextFor>): string {
  const { ticket, linked, undone } = child
  if (!ticket) return 'not-found'
  if (!linked) return 'no-longer-linked'
  if (ticket.status === 'closed') return 'ticket-closed'
  if (undone && undone.version !== ticket.version) return 'moved-since'
  if (kind === 'close' && ticket.status === 'solved') return 'already-solved'
  if (kind === 'close' && ticket.customerWaits && !change.includeReplied) return 'customer-replied'
  if (body === undefined) return 'already-so'
  return body !== 'none' && emptyVariables(body.template, ticket.values).length > 0 ? 'variable-empty' : ''
}

type Words = Pick<Item, 'before' | 'after'>

const NO_WORDS: Words = { before: '', after: '' }

function words({ kind, change, nameOf }: Rule, { undone }: PlannedChild, ticket: PlannedTicket): Words {
  switch (change.syncKind || kind) {
    case 'set_status':
      return { before: ticket.status, after: change.status }
    case 'set_priority':
      return { before: ticket.priority, after: change.priority }
    case 'close':
      return { before: ticket.status, after: change.confirmToCloseDays > 0 ? 'pending, then solved' : 'solved' }
    case 'labels':
      return labelWords(change, ticket)
    case 'assign':
      return assignWords(change, ticket, nameOf)
    case 'undo':
      return { before: undone?.after ?? '', after: undone?.before ?? '' }
    case 'broadcast':
    case 'note':
    case 'catch_up':
    case 'sync':
      return { before: ticket.status, after: ticket.status } // words change no field
  }
}

function labelWords({ addLabels, removeLabels }: Change, { labels }: PlannedTicket): Words {
  const kept = labels.filter((label) => !removeLabels.includes(label))
  const added = addLabels.filter((label) => !labels.includes(label))
  return { before: listed(labels), after: listed([...kept, ...added]) }
}

const listed = (values: readonly string[]): string => [...values].sort().join(', ')

function assignWords({ assigneeId, groupId }: Change, ticket: PlannedTicket, nameOf: Rule['nameOf']): Words {
  const pairs = [
    ...(assigneeId === null ? [] : [[ticket.assigneeId, assigneeId]]),
    ...(groupId === null ? [] : [[ticket.groupId, groupId]]),
  ]
  const said = (ids: readonly (string | undefined)[]) =>
    ids.map((id) => (id === undefined || id === '' ? 'none' : nameOf(id))).join(', ')
  return { before: said(pairs.map(([was]) => was)), after: said(pairs.map(([, is]) => is)) }
}

/** What the plan's hash takes from an item: whatever a second look would have to find unchanged. */
export const itemDigest = (item: PlannedItem): string =>
  JSON.stringify([
    item.ticketId,
    item.linkId,
    item.plannedVersion,
    item.state,
    item.reason,
    item.before,
    item.after,
    item.body,
  ])
