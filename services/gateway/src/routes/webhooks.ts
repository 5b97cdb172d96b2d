import type { Webhook } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, type Route, route } from '../http/route.ts'
import {
  id,
  instant,
  iso,
  nextCursor,
  noBody,
  orNull,
  pageOf,
  pageRequest,
  paging,
  removed,
  reply,
} from '../shapes/common.ts'

const tag = 'webhooks'
const path = '/v1/webhooks'
const one = z.object({ id })

const webhookShape = z.object({
  id,
  url: z.string(),
  types: z.array(z.string()).describe('the event types it gets; empty: all'),
  state: z.string().describe('enabled, disabled (by an admin) or gone (it answered 410)'),
  description: z.string(),
  signature: z.string().describe('hmac or ed25519'),
  publicKey: z.string().nullable().describe('what signatures by ed25519 (v1a) are verified with; null for hmac'),
  createdAt: instant.nullable(),
})
const secret = z
  .string()
  .nullable()
  .describe('what signatures by hmac (v1) are verified with; told only here; null for ed25519')
const signature = z.string().min(1).max(20).optional()

const wanted = z.strictObject({
  url: z.string().min(1).max(2_000),
  types: z.array(z.string().min(1).max(100)).max(100).optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
  description: z.string().max(500).optional(),
  signature: signature.describe('hmac or ed25519; without: hmac for a new one, else the one it has'),
})
const rotation = z.strictObject({ signature: signature.describe('hmac or ed25519; without: the one it has') })

function toWebhook(webhook: Webhook | undefined): z.output<typeof webhookShape> {
  if (webhook === undefined) throw new TypeError('the notification service answered without a webhook')
  const { id: held, url, types, state, description, signature: by, publicKey, createdAt } = webhook
  const told = { id: held, url, types, state, description, signature: by }
  return { ...told, publicKey: orNull(publicKey), createdAt: iso(createdAt) }
}

async function put({ workspaceId, idempotency, peers, call }: Context, body: z.output<typeof wanted>, given: string) {
  const { url, types = [], state = 'enabled', description = '', signature: by = '' } = body
  const webhook = { id: given, url, types, state, description, signature: by }
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
  summary: 'Add an endpoint; the answer has its signing secret or its public key',
  tag,
  body: wanted,
  status: 201,
  answer: z.object({ ...webhookShape.shape, secret }),
  handle: async ({ body }, context) => {
    const made = await put(context, body, '')
    return reply({ ...toWebhook(made.webhook), secret: orNull(made.secret) })
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
  summary: 'Make a new secret or pair of keys; the old one signs beside it for a while',
  tag,
  params: one,
  body: rotation.optional(),
  answer: z.object({ secret, publicKey: webhookShape.shape.publicKey, oldSecretEndsAt: instant.nullable() }),
  handle: async ({ params, body }, { workspaceId, idempotency, peers, call }) => {
    const asked = { workspaceId, idempotency, webhookId: params.id, signature: body?.signature ?? '' }
    const rotated = await peers.notification.rotateWebhookSecret(asked, call)
    const { secret: shared, publicKey, oldSecretEndsAt } = rotated
    return reply({ secret: orNull(shared), publicKey: orNull(publicKey), oldSecretEndsAt: iso(oldSecretEndsAt) })
  },
})

export const webhookRoutes: readonly Route[] = [list, make, replace, remove, rotate]
