import { type Database, rows, sweepIdempotencyKeys } from '@umbel/service-kit/store'
import { forgetWebhookMessages, WITH_MESSAGES } from './forget-webhook-messages.ts'

/**
 * Forgets, workspace by workspace, idempotency keys older than 72 hours, which only what concerns webhooks has, and what
 * endpoints were told 90 days ago.
 */
export const forgetOld = (app: Database, claimer: Database) => async (): Promise<void> => {
  const workspaces = await claimer.transaction((trx) =>
    rows<{ workspace_id: string }>(trx, `select workspace_id from webhook union (${WITH_MESSAGES})`),
  )
  for (const { workspace_id: workspaceId } of workspaces) {
    await app.withWorkspace(workspaceId, (trx) => sweepIdempotencyKeys(trx, workspaceId))
    let more = true
    while (more) more = await app.withWorkspace(workspaceId, (trx) => forgetWebhookMessages(trx, workspaceId))
  }
}
