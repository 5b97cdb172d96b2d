import { toWirePriority, toWireStatus } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, MEGABYTE, type Reply, type Route, route } from '../http/route.ts'
import {
  id,
  many,
  nextCursor,
  pageOf,
  pageRequest,
  paging,
  priority,
  reply,
  status,
  ticketRef,
} from '../shapes/common.ts'
import { outcomeShape, toOutcome } from '../shapes/link.ts'
import { ticketReply, ticketShape, toTicket } from '../shapes/ticket.ts'
import { newChild, openMaster, splitChildren } from './new-children.ts'
import { ticketId } from './refs.ts'

const tag = 'tickets'
const one = z.object({ id: ticketRef })
const fields = z.record(z.string().min(1).max(100), z.string().max(10_000))
const label = z.string().min(1).max(100)

const newTicket = z.strictObject({
  subject: z.string().min(1).max(500),
  description: z.string().max(100_000).optional(),
  status: status.optional(),
  priority: priority.optional(),
  requesterId: id.optional(),
  assigneeId: id.optional(),
  groupId: id.optional(),
  customerId: id.optional(),
  projectId: id.optional(),
  labels: z.array(label).max(100).optional(),
  fields: fields.optional(),
  master: z.boolean().optional(),
  children: z
    .array(z.union([ticketRef, newChild]))
    .max(10_000)
    .optional(),
})
type NewTicket = z.output<typeof newTicket>

const changes = z.strictObject({
  subject: z.string().min(1).max(500).optional(),
  status: status.optional(),
  priority: priority.optional(),
  requesterId: id.nullable().optional(),
  assigneeId: id.nullable().optional(),
  groupId: id.nullable().optional(),
  customerId: id.nullable().optional(),
  projectId: id.nullable().optional(),
  addLabels: z.array(label).max(100).optional(),
  removeLabels: z.array(label).max(100).optional(),
  fields: fields.optional(),
})

const opened = z.object({
  ...ticketShape.shape,
  children: z.array(outcomeShape).optional().describe('one for each child, where the ticket was opened as a master'),
})

const open = route({
  method: 'post',
  path: '/v1/tickets',
  summary: 'Open a ticket, or a master with its children at once',
  tag,
  body: newTicket,
  bodyLimit: 4 * MEGABYTE,
  status: 201,
  answer: opened,
  handle: ({ body }, context) => (body.master === true ? openAsMaster(body, context) : openPlain(body, context)),
})

async function openPlain({ children, ...body }: NewTicket, context: Context): Promise<Reply<z.output<typeof opened>>> {
  splitChildren(children ?? [], false)
  const { ticket } = await context.peers.ticket.openTicket(
    {
      workspaceId: context.workspaceId,
      idempotency: context.idempotency,
      subject: body.subject,
      description: body.description ?? '',
      requesterId: body.requesterId ?? '',
      assigneeId: body.assigneeId ?? '',
      groupId: body.groupId ?? '',
      customerId: body.customerId ?? '',
      projectId: body.projectId ?? '',
      labels: body.labels ?? [],
      fields: body.fields ?? {},
      ...(body.status ? { status: toWireStatus(body.status) } : {}),
      ...(body.priority ? { priority: toWirePriority(body.priority) } : {}),
    },
    context.call,
  )
  return ticketReply(ticket)
}

async function openAsMaster(body: NewTicket, context: Context): Promise<Reply<z.output<typeof opened>>> {
  const { masterId, outcomes } = await openMaster(body, context)
  const { ticket } = await context.peers.ticket.getTicket(
    { workspaceId: context.workspaceId, id: masterId },
    context.call,
  )
  const { body: shown, etag } = ticketReply(ticket)
  return { body: { ...shown, children: outcomes.map(toOutcome) }, ...(etag === undefined ? {} : { etag }) }
}

const get = route({
  method: 'get',
  path: '/v1/tickets/{id}',
  summary: 'One ticket',
  tag,
  params: one,
  answer: ticketShape,
  handle: async ({ params }, context) => {
    const id = await ticketId(context, params.id)
    const { ticket } = await context.peers.ticket.getTicket({ workspaceId: context.workspaceId, id }, context.call)
    return ticketReply(ticket)
  },
})

const list = route({
  method: 'get',
  path: '/v1/tickets',
  summary: 'Tickets, by status, requester, customer or external id',
  tag,
  query: z
    .strictObject({
      ...paging,
      status: many(status).optional(),
      requester: id.optional(),
      customer: id.optional(),
      externalSource: z.string().max(500).optional(),
      externalId: z.string().max(500).optional(),
    })
    .describe('an external id goes with its source'),
  answer: pageOf(ticketShape),
  handle: async ({ query }, { workspaceId, peers, call }) => {
    const { tickets, nextPageToken } = await peers.ticket.listTickets(
      {
        workspaceId,
        ...pageRequest(query),
        statuses: (query.status ?? []).map(toWireStatus),
        requesterId: query.requester ?? '',
        customerId: query.customer ?? '',
        externalSource: query.externalSource ?? '',
        externalId: query.externalId ?? '',
      },
      call,
    )
    return reply({ items: tickets.map(toTicket), nextCursor: nextCursor(nextPageToken) })
  },
})

const update = route({
  method: 'patch',
  path: '/v1/tickets/{id}',
  summary: 'Change a ticket; what is absent stays, null clears',
  tag,
  params: one,
  body: changes,
  ifMatch: true,
  answer: ticketShape,
  handle: async ({ params, body }, context) => {
    const { status: to, priority: urgency, addLabels, removeLabels, fields: form, ...plain } = body
    const cleared = Object.fromEntries(
      Object.entries(plain).flatMap(([name, held]) => (held === undefined ? [] : [[name, held ?? '']])),
    )
    const { ticket } = await context.peers.ticket.updateTicket(
      {
        ...cleared,
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        id: await ticketId(context, params.id),
        expectedVersion: context.expectedVersion,
        addLabels: addLabels ?? [],
        removeLabels: removeLabels ?? [],
        fields: form ?? {},
        ...(to ? { status: toWireStatus(to) } : {}),
        ...(urgency ? { priority: toWirePriority(urgency) } : {}),
      },
      context.call,
    )
    return ticketReply(ticket)
  },
})

export const ticketRoutes: readonly Route[] = [open, list, get, update]
