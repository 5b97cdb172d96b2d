import type { WebhookSink } from './webhook-sink.ts'
import type { NotificationWorld } from './world.ts'

/** An endpoint of the world's workspace at this sink, and what its signatures are verified by. */
export async function listen(world: NotificationWorld, sink: WebhookSink, types: string[] = [], signature = '') {
  const { webhook, secret } = await world.admin.putWebhook({
    workspaceId: world.workspaceId,
    webhook: { url: sink.url, types, signature },
  })
  return { secret, webhookId: webhook?.id ?? '', publicKey: webhook?.publicKey ?? '' }
}

/** What endpoints are owed, the oldest first. */
export const messages = (world: NotificationWorld) =>
  world.sql<{ id: string; state: string; reason: string; attempts: number; webhook_id: string }>(
    'select id, state, reason, attempts, webhook_id from webhook_message order by created_at, type',
  )

/** Makes what waits for its next try due now. */
export const hasten = (world: NotificationWorld) =>
  world.sql(
    `with w as (update webhook set rests_until = null)
     update webhook_message set due_at = clock_timestamp() where due_at is not null`,
  )
