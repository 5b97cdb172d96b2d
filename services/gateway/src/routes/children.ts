import { toWireStatus } from '@umbel/contracts'
import { z } from 'zod'
import { MEGABYTE, type Route, route } from '../http/route.ts'
import {
  count,
  flag,
  id,
  instant,
  iso,
  many,
  nextCursor,
  pageOf,
  pageRequest,
  paging,
  reply,
  status,
  ticketRef,
} from '../shapes/common.ts'
import { fromWirePurpose, outcomeShape, purpose, toOutcome } from '../shapes/link.ts'
import { ticketShape, toTicket } from '../shapes/ticket.ts'
import { newChild, toNewChild, unknownOutcomes } from './new-children.ts'
import { ticketId, ticketIds } from './refs.ts'
import { ticketsById } from './tickets-by-id.ts'

const tag = 'masters'
const path = '/v1/masters/{id}/children'
const one = z.object({ id: ticketRef })
const refs = z.array(ticketRef).min(1).max(10_000)
const outcomes = z.object({ outcomes: z.array(outcomeShape) })

const childShape = z.object({
  linkId: id,
  linkSeq: count,
  purpose: purpose.nullable(),
  primary: z.boolean(),
  linkedAt: instant.nullable(),
  ticket: ticketShape.nullable().describe('null where the viewer may not see it'),
})

const list = route({
  method: 'get',
  path,
  summary: 'The children of a master',
  tag,
  params: one,
  query: z.strictObject({ ...paging, status: many(status).optional(), primary: flag.optional() }),
  answer: pageOf(childShape),
  handle: async ({ params, query }, context) => {
    const { children, nextPageToken } = await context.peers.linking.listChildren(
      {
        workspaceId: context.workspaceId,
        masterId: await ticketId(context, params.id),
        statuses: (query.status ?? []).map(toWireStatus),
        primaryOnly: query.primary ?? false,
        ...pageRequest(query),
      },
      context.call,
    )
    const tickets = await ticketsById(
      context,
      children.map((child) => child.ticketId),
    )
    const items = children.map((child) => {
      const ticket = tickets.get(child.ticketId)
      return {
        linkId: child.linkId,
        linkSeq: Number(child.linkSeq),
        purpose: fromWirePurpose(child.purpose),
        primary: child.primary,
        linkedAt: iso(child.linkedAt),
        ticket: ticket ? toTicket(ticket) : null,
      }
    })
    return reply({ items, nextCursor: nextCursor(nextPageToken) })
  },
})

const newChildren = z
  .strictObject({
    ids: refs.optional(),
    contributing: z.boolean().optional(),
    create: z.array(newChild).min(1).max(10_000).optional(),
  })
  .refine((body) => (body.ids === undefined) !== (body.create === undefined), 'give either ids or create')

const add = route({
  method: 'post',
  path,
  summary: 'Add tickets as children, or create follow-ups as children; an outcome for each',
  tag,
  params: one,
  body: newChildren,
  bodyLimit: 4 * MEGABYTE,
  answer: outcomes,
  handle: async ({ params, body }, context) => {
    const masterId = await ticketId(context, params.id)
    const write = { workspaceId: context.workspaceId, idempotency: context.idempotency, masterId }
    if (body.create) {
      const children = body.create.map(toNewChild)
      const answered = await context.peers.linking.createFollowUps({ ...write, children }, context.call)
      return reply({ outcomes: answered.outcomes.map(toOutcome) })
    }
    const named = await ticketIds(context, body.ids ?? [])
    const ids = named.flatMap(({ id: known }) => (known === undefined ? [] : [known]))
    const answered = await context.peers.linking.addChildren(
      { ...write, ticketIds: ids, contributing: body.contributing ?? false },
      context.call,
    )
    return reply({ outcomes: [...answered.outcomes, ...unknownOutcomes(named)].map(toOutcome) })
  },
})

const remove = route({
  method: 'delete',
  path,
  summary: 'Take tickets away from a master; an outcome for each',
  tag,
  params: one,
  body: z.strictObject({ ids: refs }),
  bodyLimit: 4 * MEGABYTE,
  answer: outcomes,
  handle: async ({ params, body }, context) => {
    const masterId = await ticketId(context, params.id)
    const named = await ticketIds(context, body.ids)
    const answered = await context.peers.linking.removeChildren(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        masterId,
        ticketIds: named.flatMap(({ id: known }) => (known === undefined ? [] : [known])),
      },
      context.call,
    )
    return reply({ outcomes: [...answered.outcomes, ...unknownOutcomes(named)].map(toOutcome) })
  },
})

export const childRoutes: readonly Route[] = [list, add, remove]
