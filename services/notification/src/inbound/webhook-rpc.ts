import { type Timestamp, timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NotificationService } from '@umbel/contracts'
import type { Actor } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Call, Handlers } from '@umbel/rpc'
import type { DeleteWebhook } from '../commands/delete-webhook.ts'
import type { PutWebhook, PutWebhookAnswer } from '../commands/put-webhook.ts'
import type { RotatedSecret, RotateSecret } from '../commands/rotate-webhook-secret.ts'
import type { Webhook } from '../domain/webhook.ts'
import type { ListPage } from '../queries/list-webhooks.ts'

export interface WebhookRpcDeps {
  readonly actorOf: (call: Call, workspaceId: string) => Promise<Actor>
  readonly putWebhook: (command: PutWebhook) => Promise<PutWebhookAnswer>
  readonly deleteWebhook: (command: DeleteWebhook) => Promise<void>
  readonly rotateSecret: (command: RotateSecret) => Promise<RotatedSecret>
  readonly listWebhooks: (asked: ListPage) => Promise<{ items: readonly Webhook[]; next: string }>
}

type WebhookMethods = 'putWebhook' | 'deleteWebhook' | 'rotateWebhookSecret' | 'listWebhooks'

interface Keyed {
  readonly workspaceId: string
  readonly idempotency?: { readonly key: string; readonly digest: Uint8Array } | undefined
}

/** The endpoints of a workspace: umbel.notification.v1.NotificationService → commands and queries. */
export function webhookRpc(deps: WebhookRpcDeps): Pick<Handlers<typeof NotificationService>, WebhookMethods> {
  const actorOf = ({ workspaceId }: { readonly workspaceId: string }, call: Call) => {
    requireId(workspaceId, 'workspace_id')
    return deps.actorOf(call, workspaceId)
  }
  const writeOf = async ({ workspaceId, idempotency }: Keyed, call: Call, rpc: string) => {
    const actor = await actorOf({ workspaceId }, call)
    const { key = '', digest = new Uint8Array() } = idempotency ?? {}
    return { actor, write: { workspaceId, actorId: actor.id, rpc, key, digest } }
  }
  return {
    putWebhook: async (request, call) => {
      const { id = '', url = '', types = [], state = '', description = '', signature = '' } = request.webhook ?? {}
      const wanted = { url, types, state, description, signature }
      const write = await writeOf(request, call, 'PutWebhook')
      const { webhook, secret } = await deps.putWebhook({ ...write, id, wanted })
      return { webhook: toWire(webhook), secret }
    },
    deleteWebhook: async ({ workspaceId, webhookId }, call) => {
      await deps.deleteWebhook({ actor: await actorOf({ workspaceId }, call), workspaceId, webhookId })
      return {}
    },
    rotateWebhookSecret: async (request, call) => {
      const write = await writeOf(request, call, 'RotateWebhookSecret')
      const { webhookId, signature } = request
      const { oldEndsAt, ...told } = await deps.rotateSecret({ ...write, webhookId, signature })
      return { ...told, oldSecretEndsAt: timestampFromDate(oldEndsAt) }
    },
    listWebhooks: async (request, call) => {
      const { items, next } = await deps.listWebhooks({ ...request, actor: await actorOf(request, call) })
      return { webhooks: items.map(toWire), nextPageToken: next }
    },
  }
}

const toWire = ({ createdAt, types, ...webhook }: Webhook): WireWebhook => ({
  ...webhook,
  types: [...types],
  createdAt: timestampFromDate(createdAt),
})

type WireWebhook = Omit<Webhook, 'createdAt' | 'types'> & { readonly types: string[]; readonly createdAt: Timestamp }
