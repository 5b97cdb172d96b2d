import type { Database } from '@umbel/service-kit/store'
import { rows } from './sql.ts'

export interface DueOperation {
  readonly workspaceId: string
  readonly operationId: string
}

/** Operations whose launch or control change did not reach everybody, over all workspaces; asked as the claimer. */
export const dueAttention =
  (claimer: Database) =>
  (limit: number): Promise<DueOperation[]> =>
    claimer.transaction(async (trx) => {
      // operation_attention
      const due = await rows<{ workspace_id: string; operation_id: string }>(
        trx,
        `select workspace_id, operation_id from operation
          where attention_at <= clock_timestamp() order by attention_at limit ?`,
        [limit],
      )
      return due.map(({ workspace_id, operation_id }) => ({ workspaceId: workspace_id, operationId: operation_id }))
    })
