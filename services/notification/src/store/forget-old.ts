import { type Database, rows, sweepIdempotencyKeys } from '@umbel/service-kit/store'

/** Forgets, workspace by workspace, idempotency keys older than 72 hours; only what concerns webhooks has any. */
export const forgetOld = (app: Database, claimer: Database) => async (): Promise<void> => {
  const workspaces = await claimer.transaction((trx) =>
    rows<{ workspace_id: string }>(trx, 'select distinct workspace_id from webhook'),
  )
  for (const { workspace_id: workspaceId } of workspaces)
    await app.withWorkspace(workspaceId, (trx) => sweepIdempotencyKeys(trx, workspaceId))
}
