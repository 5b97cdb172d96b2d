import { closedAt, inStatus, type Synced, solvedAt, type Ticket } from '../domain/ticket.ts'
import type { ExternalId, Priority, Status } from '../domain/words.ts'

/** A row of `ticket` as the driver gives it: bigint as text. */
export interface TicketRow {
  readonly ticket_id: string
  readonly number: string
  readonly version: string
  readonly subject: string
  readonly status: Status
  readonly priority: Priority
  readonly requester_id: string | null
  readonly requester_version: string
  readonly house_notes: number
  readonly assignee_id: string | null
  readonly group_id: string | null
  readonly customer_id: string | null
  readonly project_id: string | null
  readonly labels: string[]
  readonly fields: Record<string, string> | null
  readonly external_ids: ExternalId[]
  readonly master: boolean
  readonly primary_master_id: string | null
  readonly link_id: string | null
  readonly customer_waits: boolean
  readonly synced_versions: Synced
  readonly created_at: Date
  readonly updated_at: Date
  readonly solved_at: Date | null
  readonly closed_at: Date | null
}

function columns(fields: string): string {
  return `ticket_id, number, version, subject, status, priority, requester_id, requester_version, house_notes, assignee_id,
    group_id, customer_id, project_id, labels, ${fields}, external_ids, master, primary_master_id, link_id, customer_waits, synced_versions,
    created_at, updated_at, solved_at, closed_at`
}

export const ticketColumns = columns('fields')
/** For many tickets of which nobody shows or moves the form fields. */
export const columnsWithoutFields = columns('null::jsonb as fields')

export function toTicket(row: TicketRow): Ticket {
  const core = {
    id: row.ticket_id,
    number: Number(row.number),
    version: Number(row.version),
    subject: row.subject,
    priority: row.priority,
    requesterId: row.requester_id,
    requesterVersion: Number(row.requester_version),
    houseNotes: row.house_notes,
    assigneeId: row.assignee_id,
    groupId: row.group_id,
    customerId: row.customer_id,
    projectId: row.project_id,
    labels: row.labels,
    fields: row.fields,
    externalIds: row.external_ids,
    master: row.master,
    primaryMasterId: row.primary_master_id,
    linkId: row.link_id,
    customerWaits: row.customer_waits,
    synced: row.synced_versions,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
  const since = row.status === 'closed' ? row.closed_at : row.solved_at
  return inStatus(core, row.status, since ?? row.updated_at, row.solved_at)
}

/** What a save writes; links and the master role of a ticket that exists are linking's to move. */
export const toRow = (ticket: Ticket) => ({
  ticket_id: ticket.id,
  number: ticket.number,
  version: ticket.version,
  subject: ticket.subject,
  status: ticket.status,
  priority: ticket.priority,
  requester_id: ticket.requesterId,
  requester_version: ticket.requesterVersion,
  house_notes: ticket.houseNotes,
  assignee_id: ticket.assigneeId,
  group_id: ticket.groupId,
  customer_id: ticket.customerId,
  project_id: ticket.projectId,
  labels: ticket.labels,
  fields: ticket.fields,
  external_ids: ticket.externalIds,
  master: ticket.master,
  customer_waits: ticket.customerWaits,
  created_at: ticket.createdAt,
  updated_at: ticket.updatedAt,
  solved_at: solvedAt(ticket),
  closed_at: closedAt(ticket),
})
