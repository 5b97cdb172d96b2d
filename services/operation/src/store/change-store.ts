import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { Operation } from '../domain/operation.ts'
import { OPERATION_COLUMNS, type OperationRow, toOperation } from './operation-row.ts'

/** What operations were like after each of their changes; `progressVersion` counts them. */
export interface ChangeStore {
  /** Keeps what the operation is like now, under the version that it has. */
  keep(operationId: string): Promise<void>
  /** One version more for each of these, kept: for what changed nothing but their progress. The caller holds their locks. */
  raise(operationIds: readonly string[]): Promise<void>
  /** The next changes above this version, in their order. */
  after(operationId: string, version: number, limit: number): Promise<Operation[]>
}

/** What no change touches and is too long to be kept with each. */
const UNCHANGING = ['workspace_id', 'operation_id', 'change', 'findings', 'cause']

const KEEP = `
  insert into operation_change (workspace_id, operation_id, version, snapshot)
  select o.workspace_id, o.operation_id, o.progress_version, to_jsonb(o) || to_jsonb(p) - ?::text[]`

export const changeStore = (trx: Transaction, workspaceId: string): ChangeStore => ({
  async keep(operationId) {
    // primary keys
    await rows(
      trx,
      `${KEEP} from operation o join operation_progress p using (workspace_id, operation_id)
        where o.workspace_id = ? and o.operation_id = ?`,
      [UNCHANGING, workspaceId, operationId],
    )
  },
  async raise(operationIds) {
    if (operationIds.length === 0) return
    // primary keys
    await rows(
      trx,
      `with o as (
         update operation set progress_version = progress_version + 1
          where workspace_id = ? and operation_id = any (?::uuid[]) returning *)
       ${KEEP} from o join operation_progress p using (workspace_id, operation_id)`,
      [workspaceId, operationIds, UNCHANGING],
    )
  },
  async after(operationId, version, limit) {
    // primary keys; what a snapshot does not say is as it always was
    const found = await rows<OperationRow>(
      trx,
      `select ${OPERATION_COLUMNS}
         from operation_change c
         join operation kept on kept.workspace_id = c.workspace_id and kept.operation_id = c.operation_id
         join operation_progress counted
           on counted.workspace_id = c.workspace_id and counted.operation_id = c.operation_id
        cross join lateral jsonb_populate_record(kept, c.snapshot) o
        cross join lateral jsonb_populate_record(counted, c.snapshot) p
        where c.workspace_id = ? and c.operation_id = ? and c.version > ? order by c.version limit ?`,
      [workspaceId, operationId, version, limit],
    )
    return found.map(toOperation)
  },
})
