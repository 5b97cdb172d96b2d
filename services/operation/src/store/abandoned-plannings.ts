import { type Database, rows } from '@umbel/service-kit/store'
import type { DueOperation } from './due-operations.ts'
import { ABANDONED_PLANNINGS } from './planning-store.ts'

/** Plans that a crash left half grown, over all workspaces; asked as the claimer. */
export const abandonedPlannings =
  (claimer: Database) =>
  (limit: number): Promise<DueOperation[]> =>
    claimer.transaction(async (trx) => {
      // operation_planning_age
      const found = await rows<{ workspace_id: string; operation_id: string }>(trx, ABANDONED_PLANNINGS, [limit])
      return found.map(({ workspace_id, operation_id }) => ({ workspaceId: workspace_id, operationId: operation_id }))
    })
