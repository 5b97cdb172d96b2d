import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type AuditEntrySchema,
  type CommentSchema,
  type OutgoingSchema,
  type TicketPlanStateSchema,
  type TicketSchema,
  toWirePriority,
  toWireStatus,
} from '@umbel/contracts'
import { closedAt, fieldsOf, movedVersion, solvedAt, type Ticket } from '../domain/ticket.ts'
import type { getOutgoing } from '../queries/get-outgoing.ts'
import type { PlanState } from '../queries/get-ticket-states.ts'
import type { listAudit, listComments } from '../queries/list-thread.ts'
import { microsToWire, toWireActor, toWireCause, toWireTime, toWireTimeOrNone } from '../wire.ts'

type ItemOf<Query> = Query extends (
  ...read: never[]
) => (...args: never[]) => Promise<{ readonly items: readonly (infer Item)[] }>
  ? Item
  : never
type Outgoing = Awaited<ReturnType<ReturnType<typeof getOutgoing>>>['outgoing'][number]
export type Comment = ItemOf<typeof listComments>
export type AuditEntry = ItemOf<typeof listAudit>

export const toWireTicket = (ticket: Ticket): MessageInitShape<typeof TicketSchema> => ({
  id: ticket.id,
  number: BigInt(ticket.number),
  version: BigInt(ticket.version),
  subject: ticket.subject,
  status: toWireStatus(ticket.status),
  priority: toWirePriority(ticket.priority),
  requesterId: ticket.requesterId ?? '',
  assigneeId: ticket.assigneeId ?? '',
  groupId: ticket.groupId ?? '',
  customerId: ticket.customerId ?? '',
  projectId: ticket.projectId ?? '',
  labels: [...ticket.labels],
  fields: { ...fieldsOf(ticket) },
  externalIds: [...ticket.externalIds],
  master: ticket.master,
  primaryMasterId: ticket.primaryMasterId ?? '',
  createdAt: toWireTime(ticket.createdAt),
  updatedAt: toWireTime(ticket.updatedAt),
  solvedAt: toWireTimeOrNone(solvedAt(ticket)),
  closedAt: toWireTimeOrNone(closedAt(ticket)),
})

export const toWirePlanState = ({
  ticket,
  locale,
  addressed,
  values,
}: PlanState): MessageInitShape<typeof TicketPlanStateSchema> => ({
  ticketId: ticket.id,
  number: BigInt(ticket.number),
  version: BigInt(ticket.version),
  movedVersion: BigInt(movedVersion(ticket)),
  status: toWireStatus(ticket.status),
  priority: toWirePriority(ticket.priority),
  groupId: ticket.groupId ?? '',
  customerId: ticket.customerId ?? '',
  projectId: ticket.projectId ?? '',
  labels: [...ticket.labels],
  linkId: ticket.linkId ?? '',
  primaryMasterId: ticket.primaryMasterId ?? '',
  hasRequester: ticket.requesterId !== null,
  subject: ticket.subject,
  assigneeId: ticket.assigneeId ?? '',
  customerWaits: ticket.customerWaits,
  locale,
  unaddressed: !addressed,
  values: { ...values },
})

export const toWireOutgoing = ({
  ticketNumber,
  values,
  ...rest
}: Outgoing): MessageInitShape<typeof OutgoingSchema> => ({
  ...rest,
  ticketNumber: BigInt(ticketNumber),
  values: values ? { values } : undefined,
})

export const toWireComment = (comment: Comment): MessageInitShape<typeof CommentSchema> => ({
  id: comment.id,
  ticketId: comment.ticketId,
  version: BigInt(comment.version),
  public: comment.public,
  broadcast: comment.broadcast,
  author: toWireActor(comment.author),
  authorName: comment.authorName,
  text: comment.text,
  occurredAt: toWireTime(comment.occurredAt),
})

export const toWireAudit = (entry: AuditEntry): MessageInitShape<typeof AuditEntrySchema> => ({
  id: entry.id,
  ticketId: entry.ticketId,
  version: BigInt(entry.version),
  cause: toWireCause(entry.cause),
  changes: [...entry.changes],
  occurredAt: toWireTime(entry.occurredAt),
  recordedAt: microsToWire(entry.recordedAt),
  note: entry.note,
})
