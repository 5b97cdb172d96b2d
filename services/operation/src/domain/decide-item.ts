import { changeWords, type FieldMove, hasMoved, labelsMove } from '@umbel/kernel'
import { emptyVariables, type TemplateValues } from '@umbel/kernel/template'
import type { PastBroadcast } from './catch-up.ts'
import { MAX_LABELS } from './change.ts'
import type { Change, Item, OperationKind } from './operation.ts'
import type { Body } from './texts.ts'

/** A ticket as it is when the plan is made. */
export interface PlannedTicket {
  readonly number: number
  readonly version: number
  /** Of the last change that was more than a note of the house. */
  readonly movedVersion: number
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
  /** No mail about it can reach anybody. */
  readonly unaddressed: boolean
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
  const fields = ticket ? fieldsOf(rule, child, ticket) : []
  const { before, after } = changeWords(fields)
  const nothingToDo = setsFields[rule.kind] && !fields.some(hasMoved)
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
const setsFields: Record<OperationKind, boolean> = {
  set_status: true,
  assign: true,
  labels: true,
  set_priority: true,
  sync: true,
  close: false,
  broadcast: false,
  note: false,
  catch_up: false,
  undo: false,
}

function skipReason({ kind, change }: Rule, child: PlannedChild, body: ReturnType<TextFor>): string {
  const { ticket, linked, undone } = child
  if (!ticket) return 'not-found'
  if (!linked) return 'no-longer-linked'
  if (ticket.status === 'closed') return 'ticket-closed'
  if (undone && (undone.version > ticket.version || undone.version < ticket.movedVersion)) return 'moved-since'
  if (kind === 'close' && ticket.status === 'solved') return 'already-solved'
  if (kind === 'close' && ticket.customerWaits && !change.includeReplied) return 'customer-replied'
  if (body === undefined) return 'already-so'
  if (addsTooMany(change, ticket)) return 'too-many-labels'
  return body !== 'none' && emptyVariables(body.template, ticket.values).length > 0 ? 'variable-empty' : ''
}

function fieldsOf({ kind, change, nameOf }: Rule, { undone }: PlannedChild, ticket: PlannedTicket): FieldMove[] {
  const { status, priority } = ticket
  switch (change.syncKind || kind) {
    case 'set_status':
      return [{ from: status, to: change.status }]
    case 'set_priority':
      return [{ from: priority, to: change.priority }]
    case 'close':
      return [{ from: status, to: change.confirmToCloseDays > 0 ? 'pending, then solved' : 'solved' }]
    case 'labels':
      return [labelsMove(ticket.labels, labelsAfter(change, ticket))]
    case 'assign':
      return assigned(change, ticket, nameOf)
    case 'undo':
      return [{ from: undone?.after ?? '', to: undone?.before ?? '' }]
    case 'broadcast':
    case 'note':
    case 'catch_up':
    case 'sync':
      return [{ from: status, to: status }] // words change no field
  }
}

function labelsAfter({ addLabels, removeLabels }: Change, { labels }: PlannedTicket): string[] {
  const kept = labels.filter((label) => !removeLabels.includes(label))
  return [...kept, ...addLabels.filter((label) => !labels.includes(label))]
}

function addsTooMany(change: Change, ticket: PlannedTicket): boolean {
  const after = labelsAfter(change, ticket)
  return after.length > MAX_LABELS && after.some((label) => !ticket.labels.includes(label))
}

const assigned = ({ assigneeId, groupId }: Change, ticket: PlannedTicket, nameOf: Rule['nameOf']): FieldMove[] => [
  ...(assigneeId === null ? [] : [{ from: ticket.assigneeId, to: assigneeId, nameOf }]),
  ...(groupId === null ? [] : [{ from: ticket.groupId, to: groupId, nameOf }]),
]

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
