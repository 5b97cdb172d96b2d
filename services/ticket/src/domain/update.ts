import { refused } from '@umbel/kernel'
import { withFields } from './evolve.ts'
import type { Fact } from './fact.ts'
import { checkFields, checkLabels, checkSubject, refuseLargeFields, refuseManyLabels } from './text.ts'
import { fieldsOf, type Ticket } from './ticket.ts'
import type { Priority, Status } from './words.ts'

/** Fields that are absent stay; `null` clears. */
export interface UpdateTicket {
  readonly subject?: string
  readonly status?: Status
  readonly priority?: Priority
  readonly requesterId?: string | null
  readonly assigneeId?: string | null
  readonly groupId?: string | null
  readonly customerId?: string | null
  readonly projectId?: string | null
  readonly addLabels?: readonly string[]
  readonly removeLabels?: readonly string[]
  readonly fields?: Readonly<Record<string, string>>
}

/** One fact for each field that moves; none where everything is as asked already. */
export function decideUpdate(ticket: Ticket, command: UpdateTicket, at: Date): Fact[] {
  refuseClosed(ticket)
  if (ticket.master && command.requesterId) throw refused('master-is-internal', 'a master has no requester')
  return moves(ticket, command, at)
}

/** The same without asking whether the ticket is closed: for its source of record. */
export function moves(ticket: Ticket, command: UpdateTicket, at: Date): Fact[] {
  return [
    ...status(ticket, command.status, at),
    ...subject(ticket, command.subject),
    ...priority(ticket, command.priority),
    ...assigned(ticket, command),
    ...reference('requester-changed', ticket.requesterId, command.requesterId),
    ...reference('customer-changed', ticket.customerId, command.customerId),
    ...reference('project-changed', ticket.projectId, command.projectId),
    ...labels(ticket, command),
    ...fields(ticket, command.fields),
  ]
}

/** `closed` is terminal for all but the source of record. */
export function refuseClosed(ticket: Ticket): void {
  if (ticket.status === 'closed')
    throw refused('ticket-closed', `ticket ${ticket.number} was closed for good at ${ticket.closedAt.toISOString()}`)
}

const status = (ticket: Ticket, to: Status | undefined, at: Date): Fact[] =>
  to === undefined || to === ticket.status ? [] : [{ type: 'status-changed', from: ticket.status, to, at }]

function subject(ticket: Ticket, to: string | undefined): Fact[] {
  if (to === undefined) return []
  const checked = checkSubject(to)
  return checked === ticket.subject ? [] : [{ type: 'subject-changed', from: ticket.subject, to: checked }]
}

const priority = (ticket: Ticket, to: Priority | undefined): Fact[] =>
  to === undefined || to === ticket.priority ? [] : [{ type: 'priority-changed', from: ticket.priority, to }]

function assigned(ticket: Ticket, command: UpdateTicket): Fact[] {
  const toAgentId = command.assigneeId === undefined ? ticket.assigneeId : command.assigneeId
  const toGroupId = command.groupId === undefined ? ticket.groupId : command.groupId
  if (toAgentId === ticket.assigneeId && toGroupId === ticket.groupId) return []
  return [{ type: 'assigned', fromAgentId: ticket.assigneeId, toAgentId, fromGroupId: ticket.groupId, toGroupId }]
}

type ReferenceFact = 'requester-changed' | 'customer-changed' | 'project-changed'
const reference = (type: ReferenceFact, from: string | null, to: string | null | undefined): Fact[] =>
  to === undefined || to === from ? [] : [{ type, from, to }]

function labels(ticket: Ticket, { addLabels, removeLabels }: UpdateTicket): Fact[] {
  if (!addLabels && !removeLabels) return []
  const adding = checkLabels(addLabels ?? [], 'add_labels')
  const added = adding.filter((label) => !ticket.labels.includes(label))
  const removed = ticket.labels.filter((label) => removeLabels?.includes(label) && !addLabels?.includes(label))
  // who has too many already may still lose some
  if (added.length > 0) refuseManyLabels(ticket.labels.length - removed.length + added.length)
  return added.length + removed.length === 0 ? [] : [{ type: 'labels-changed', added, removed }]
}

function fields(ticket: Ticket, named: UpdateTicket['fields']): Fact[] {
  if (!named) return []
  const before = fieldsOf(ticket)
  const changes = Object.entries(checkFields(named))
    .map(([name, to]) => ({ name, from: before[name] ?? '', to }))
    .filter(({ from, to }) => from !== to)
  if (changes.some(({ to }) => to !== '')) refuseLargeFields(withFields(before, changes))
  return changes.length === 0 ? [] : [{ type: 'fields-changed', changes }]
}
