import { type Comment, fromWirePriority, fromWireStatus, type Ticket } from '@umbel/contracts'
import { z } from 'zod'
import type { Reply } from '../http/route.ts'
import { count, id, instant, iso, orNull, priority, status } from './common.ts'

export const ticketShape = z.object({
  id,
  number: count,
  version: count,
  subject: z.string(),
  status: status.nullable(),
  priority: priority.nullable(),
  requesterId: id.nullable(),
  assigneeId: id.nullable(),
  groupId: id.nullable(),
  customerId: id.nullable(),
  projectId: id.nullable(),
  labels: z.array(z.string()),
  fields: z.record(z.string(), z.string()),
  externalIds: z.array(z.object({ source: z.string(), id: z.string() })),
  master: z.boolean(),
  primaryMasterId: id.nullable(),
  createdAt: instant.nullable(),
  updatedAt: instant.nullable(),
  solvedAt: instant.nullable(),
  closedAt: instant.nullable(),
})
export type TicketJson = z.output<typeof ticketShape>

export const toTicket = (ticket: Ticket): TicketJson => ({
  id: ticket.id,
  number: Number(ticket.number),
  version: Number(ticket.version),
  subject: ticket.subject,
  status: fromWireStatus(ticket.status) ?? null,
  priority: fromWirePriority(ticket.priority) ?? null,
  requesterId: orNull(ticket.requesterId),
  assigneeId: orNull(ticket.assigneeId),
  groupId: orNull(ticket.groupId),
  customerId: orNull(ticket.customerId),
  projectId: orNull(ticket.projectId),
  labels: ticket.labels,
  fields: ticket.fields,
  externalIds: ticket.externalIds.map(({ source, id: held }) => ({ source, id: held })),
  master: ticket.master,
  primaryMasterId: orNull(ticket.primaryMasterId),
  createdAt: iso(ticket.createdAt),
  updatedAt: iso(ticket.updatedAt),
  solvedAt: iso(ticket.solvedAt),
  closedAt: iso(ticket.closedAt),
})

/** A ticket with its version as the entity tag. */
export function ticketReply(ticket: Ticket | undefined): Reply<TicketJson> {
  if (ticket === undefined) throw new TypeError('the ticket service answered without a ticket')
  return { body: toTicket(ticket), etag: `"${ticket.version}"` }
}

export const commentShape = z.object({
  id,
  ticketId: id,
  version: count,
  public: z.boolean(),
  author: z.object({ kind: z.enum(['agent', 'requester', 'source', 'system']).nullable(), id: z.string() }).nullable(),
  authorName: z.string(),
  text: z.string(),
  occurredAt: instant.nullable(),
  broadcast: z.boolean(),
})

export const toComment = (comment: Comment): z.output<typeof commentShape> => ({
  id: comment.id,
  ticketId: comment.ticketId,
  version: Number(comment.version),
  public: comment.public,
  author: comment.author ? toActor(comment.author) : null,
  authorName: comment.authorName,
  text: comment.text,
  occurredAt: iso(comment.occurredAt),
  broadcast: comment.broadcast,
})

const actorKinds = [null, 'agent', 'requester', 'source', 'system'] as const
export const toActor = (actor: { kind: number; id: string }) => ({ kind: actorKinds[actor.kind] ?? null, id: actor.id })
