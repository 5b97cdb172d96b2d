import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { flag, id, noBody, removed, reply, ticketRef } from '../shapes/common.ts'
import { linkShape, toLink, toWireKind } from '../shapes/link.ts'
import { ticketId } from './refs.ts'

const tag = 'links'
const one = z.object({ id: ticketRef })

const listLinks = route({
  method: 'get',
  path: '/v1/tickets/{id}/links',
  summary: 'Duplicates, related tickets and child links of a ticket',
  tag,
  params: one,
  query: z.strictObject({ history: flag.optional().describe('true: ended ones too') }),
  answer: z.object({ items: z.array(linkShape) }),
  handle: async ({ params, query }, context) => {
    const { links } = await context.peers.linking.listLinks(
      {
        workspaceId: context.workspaceId,
        ticketId: await ticketId(context, params.id),
        history: query.history ?? false,
      },
      context.call,
    )
    return reply({ items: links.map(toLink) })
  },
})

const addLink = route({
  method: 'post',
  path: '/v1/tickets/{id}/links',
  summary: 'Say that a ticket is a duplicate of another or related to it',
  tag,
  params: one,
  body: z.strictObject({ kind: z.enum(['duplicate', 'related']), target: ticketRef }),
  status: 201,
  answer: linkShape,
  handle: async ({ params, body }, context) => {
    const { link } = await context.peers.linking.addLink(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
        kind: toWireKind(body.kind),
        targetId: await ticketId(context, body.target),
      },
      context.call,
    )
    if (link === undefined) throw new TypeError('the linking service answered without a link')
    return reply(toLink(link))
  },
})

const removeLink = route({
  method: 'delete',
  path: '/v1/tickets/{id}/links/{linkId}',
  summary: 'End a link; its history stays',
  tag,
  params: z.object({ id: ticketRef, linkId: id }),
  body: noBody,
  answer: removed,
  handle: async ({ params }, context) => {
    await context.peers.linking.removeLink(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
        linkId: params.linkId,
      },
      context.call,
    )
    return reply({ removed: true as const })
  },
})

export const linkRoutes: readonly Route[] = [listLinks, addLink, removeLink]
