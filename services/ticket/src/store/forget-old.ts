import { sweepInbox } from '@umbel/messaging'
import { type Database, rows, sweepIdempotencyKeys } from '@umbel/service-kit/store'

/** Forgets, workspace by workspace, event ids older than 14 days and idempotency keys older than 72 hours. */
export const forgetOld = (app: Database, claimer: Database) => async (): Promise<void> => {
  const workspaces = await claimer.transaction((trx) =>
    rows<{ workspace_id: string }>(trx, 'select workspace_id from workspace'),
  )
  for (const { workspace_id: workspaceId } of workspaces)
    await app.withWorkspace(workspaceId, async (trx) => {
      await sweepInbox(trx, workspaceId)
      await sweepIdempotencyKeys(trx, workspaceId)
    })
}
