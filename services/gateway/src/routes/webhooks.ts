import type { Webhook } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, type Route, route } from '../http/route.ts'
import { id, instant, iso, nextCursor, noBody, pageOf, pageRequest, paging, removed, reply } from '../shapes/common.ts'

const tag = 'webhooks'
const path = '/v1/webhooks'
const one = z.object({ id })

const webhookShape = z.object({
  id,
  url: z.string(),
  types: z.array(z.string()).describe('the event types it gets; empty: all'),
  state: z.string().describe('enabled, disabled (by an admin) or gone (it answered 410)'),
  description: z.string(),
  createdAt: instant.nullable(),
})
const secret = z.string().describe('for verifying signatures by the Standard Webhooks specification; told only here')

const wanted = z.strictObject({
  url: z.string().min(1).max(2_000),
  types: z.array(z.string().min(1).max(100)).max(100).optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
  description: z.string().max(500).optional(),
})

function toWebhook(webhook: Webhook | undefined): z.output<typeof webhookShape> {
  if (webhook === undefined) throw new TypeError('the notification service answered without a webhook')
  const { id: held, url, types, state, description, createdAt } = webhook
  return { id: held, url, types, state, description, createdAt: iso(createdAt) }
}

async function put({ workspaceId, idempotency, peers, call }: Context, body: z.output<typeof wanted>, given: string) {
  const { url, types = [], state = 'enabled', description = '' } = body
  const webhook = { id: given, url, types, state, description }
  return peers.notification.putWebhook({ workspaceId, idempotency, webhook }, call)
}

const list = route({
  method: 'get',
  path,
  summary: 'Endpoints that are told what happens',
  tag,
  query: z.strictObject(paging),
  answer: pageOf(webhookShape),
  handle: async ({ query }, { workspaceId, peers, call }) => {
    const found = await peers.notification.listWebhooks({ workspaceId, ...pageRequest(query) }, call)
    return reply({ items: found.webhooks.map(toWebhook), nextCursor: nextCursor(found.nextPageToken) })
  },
})

const make = route({
  method: 'post',
  path,
  summary: 'Add an endpoint; the answer has its signing secret',
  tag,
  body: wanted,
  status: 201,
  answer: z.object({ ...webhookShape.shape, secret }),
  handle: async ({ body }, context) => {
    const made = await put(context, body, '')
    return reply({ ...toWebhook(made.webhook), secret: made.secret })
  },
})

const replace = route({
  method: 'put',
  path: `${path}/{id}`,
  summary: 'Replace an endpoint; its secret stays',
  tag,
  params: one,
  body: wanted,
  answer: webhookShape,
  handle: async ({ params, body }, context) => reply(toWebhook((await put(context, body, params.id)).webhook)),
})

const remove = route({
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'Tell this endpoint nothing more',
  keyed: false,
  tag,
  params: one,
  body: noBody,
  answer: removed,
  handle: async ({ params }, { workspaceId, peers, call }) => {
    await peers.notification.deleteWebhook({ workspaceId, webhookId: params.id }, call)
    return reply({ removed: true as const })
  },
})

const rotate = route({
  method: 'post',
  path: `${path}/{id}/rotate`,
  summary: 'Make a new secret; the old one signs beside it for a while',
  tag,
  params: one,
  body: noBody,
  answer: z.object({ secret, oldSecretEndsAt: instant.nullable() }),
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) => {
    const asked = { workspaceId, idempotency, webhookId: params.id }
    const rotated = await peers.notification.rotateWebhookSecret(asked, call)
    return reply({ secret: rotated.secret, oldSecretEndsAt: iso(rotated.oldSecretEndsAt) })
  },
})

export const webhookRoutes: readonly Route[] = [list, make, replace, remove, rotate]
