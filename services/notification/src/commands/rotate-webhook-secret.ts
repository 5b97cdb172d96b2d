import { type Actor, authorize, type KeyedWrite, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { WebhookDeps } from './put-webhook.ts'
import { secretPlace } from './secret-box.ts'

export interface RotateSecret {
  readonly actor: Actor
  readonly write: KeyedWrite
  readonly webhookId: string
}

export interface RotatedSecret {
  readonly secret: string
  readonly oldEndsAt: Date
}

/** Gives an endpoint a new secret; the one it had signs beside it for 24 hours, an older one no longer. */
export const rotateWebhookSecret =
  ({ transact, box }: Pick<WebhookDeps, 'transact' | 'box'>) =>
  async ({ actor, write, webhookId }: RotateSecret): Promise<RotatedSecret> => {
    authorize(actor, 'manage-deliveries')
    const { workspaceId } = write
    const place = `answer ${workspaceId} ${write.key}`
    const answer = await transact({ workspaceId }, ({ once, webhooks }) =>
      once(write, async () => {
        const secret = box.make()
        const sealed = box.seal(secret, secretPlace(workspaceId, webhookId))
        const oldEndsAt = isId(webhookId) ? await webhooks.rotate(webhookId, sealed) : undefined
        if (oldEndsAt === undefined) throw notFound('not-found', 'no such webhook in this workspace')
        return box.seal(JSON.stringify({ secret, oldEndsAt }), place)
      }),
    )
    const { secret, oldEndsAt } = JSON.parse(box.open(answer, place)) as RotatedSecret
    return { secret, oldEndsAt: new Date(oldEndsAt) }
  }
