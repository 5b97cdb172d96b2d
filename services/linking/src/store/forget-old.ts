import { sweepInbox } from '@umbel/messaging'
import { type Database, sweepIdempotencyKeys } from '@umbel/service-kit/store'
import { sweepSagas } from './sagas.ts'
import { rowsOf } from './sql.ts'

/** Forgets, workspace by workspace, what nobody may repeat any more: keys, finished sagas, event ids. */
export const forgetOld = (database: Database, claimer: Database) => async (): Promise<void> => {
  const workspaces = await claimer.transaction((trx) =>
    rowsOf<{ workspace_id: string }>({ trx }, 'select distinct workspace_id from ticket_role', []),
  )
  for (const { workspace_id: workspaceId } of workspaces)
    await database.withWorkspace(workspaceId, async (trx) => {
      await sweepInbox(trx, workspaceId)
      await sweepIdempotencyKeys(trx, workspaceId)
      await sweepSagas({ trx, workspaceId })
    })
}
