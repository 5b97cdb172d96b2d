import { type Actor, authorize, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Transact } from '../store/unit-of-work.ts'

export interface DeleteWebhook {
  readonly actor: Actor
  readonly workspaceId: string
  readonly webhookId: string
}

/** Takes an endpoint away; what it was still owed is skipped. */
export const deleteWebhook =
  (transact: Transact) =>
  async ({ actor, workspaceId, webhookId }: DeleteWebhook): Promise<void> => {
    authorize(actor, 'manage-deliveries')
    const found = await transact({ workspaceId }, async ({ webhooks }) => {
      if (!isId(webhookId) || !(await webhooks.remove(webhookId))) return false
      await webhooks.dropWaiting(webhookId, 'webhook-deleted')
      return true
    })
    if (!found) throw notFound('not-found', 'no such webhook in this workspace')
  }
