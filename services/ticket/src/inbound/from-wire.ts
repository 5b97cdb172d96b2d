import {
  fromWirePriority,
  fromWireStatus,
  type OpenTicketRequest,
  type PriorityWord,
  type StatusWord,
  type TicketPriority,
  type TicketStatus,
  type UpdateTicketRequest,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { OpenTicket } from '../commands/open-ticket.ts'
import type { UpdateTicket } from '../commands/update-ticket.ts'

export const orNull = (id: string): string | null => (id === '' ? null : id)
export const kept = (id: string | undefined): string | null | undefined => (id === undefined ? undefined : orNull(id))

/** Unspecified says nothing; a number this contract does not know is named as wrong. */
export function statusWord(wire: TicketStatus | undefined, field = 'status'): StatusWord | undefined {
  if (!wire) return undefined
  const word = fromWireStatus(wire)
  if (word === undefined) throw invalid('unknown-status', `no such status: ${wire}`, { field })
  return word
}

export function priorityWord(wire: TicketPriority | undefined): PriorityWord | undefined {
  if (!wire) return undefined
  const word = fromWirePriority(wire)
  if (word === undefined) throw invalid('unknown-priority', `no such priority: ${wire}`, { field: 'priority' })
  return word
}

export const toOpenTicket = (request: OpenTicketRequest): OpenTicket => ({
  id: request.id,
  subject: request.subject,
  status: statusWord(request.status),
  priority: priorityWord(request.priority),
  requesterId: orNull(request.requesterId),
  assigneeId: orNull(request.assigneeId),
  groupId: orNull(request.groupId),
  customerId: orNull(request.customerId),
  projectId: orNull(request.projectId),
  labels: request.labels,
  fields: request.fields,
  description: request.description,
  master: request.master,
  key: request.idempotency?.key ?? '',
})

export const toUpdateTicket = (request: UpdateTicketRequest): UpdateTicket => ({
  ticketId: request.id,
  expectedVersion: Number(request.expectedVersion),
  key: request.idempotency?.key ?? '',
  update: {
    subject: request.subject,
    status: statusWord(request.status),
    priority: priorityWord(request.priority),
    requesterId: kept(request.requesterId),
    assigneeId: kept(request.assigneeId),
    groupId: kept(request.groupId),
    customerId: kept(request.customerId),
    projectId: kept(request.projectId),
    addLabels: request.addLabels,
    removeLabels: request.removeLabels,
    fields: request.fields,
  },
})
