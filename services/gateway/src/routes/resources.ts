import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { id, noBody, removed, reply, ticketRef } from '../shapes/common.ts'
import { resourceShape, toResource } from '../shapes/link.ts'
import { ticketId } from './refs.ts'

const tag = 'links'
const one = z.object({ id: ticketRef })

const listResources = route({
  method: 'get',
  path: '/v1/tickets/{id}/resources',
  summary: 'Tasks and knowledge documents attached to a ticket',
  tag,
  params: one,
  answer: z.object({ items: z.array(resourceShape) }),
  handle: async ({ params }, context) => {
    const { resources } = await context.peers.linking.listResources(
      { workspaceId: context.workspaceId, ticketId: await ticketId(context, params.id) },
      context.call,
    )
    return reply({ items: resources.map(toResource) })
  },
})

const addResource = route({
  method: 'post',
  path: '/v1/tickets/{id}/resources',
  summary: 'Attach a task or a knowledge document',
  tag,
  params: one,
  body: z.strictObject({
    kind: z.enum(['task', 'document']),
    title: z.string().min(1).max(500),
    url: z.url({ protocol: /^https?$/ }).max(2000),
  }),
  status: 201,
  answer: resourceShape,
  handle: async ({ params, body }, context) => {
    const { resource } = await context.peers.linking.addResource(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
        ...body,
      },
      context.call,
    )
    if (resource === undefined) throw new TypeError('the linking service answered without a resource')
    return reply(toResource(resource))
  },
})

const removeResource = route({
  method: 'delete',
  path: '/v1/tickets/{id}/resources/{resourceId}',
  summary: 'Detach a task or a knowledge document',
  tag,
  params: z.object({ id: ticketRef, resourceId: id }),
  body: noBody,
  answer: removed,
  handle: async ({ params }, context) => {
    await context.peers.linking.removeResource(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
        resourceId: params.resourceId,
      },
      context.call,
    )
    return reply({ removed: true as const })
  },
})

export const resourceRoutes: readonly Route[] = [listResources, addResource, removeResource]
