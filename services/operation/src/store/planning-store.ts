import type { KeyedWrite } from '@umbel/kernel'
import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'

/** What was not touched for so long was abandoned: a page takes far less. */
const ABANDONED_AFTER = "interval '30 seconds'"

/**
 * Plans while they grow, page by page. Their items have no operation yet, so nobody can see them; a plan that is sealed
 * loses its row here, and one that was abandoned loses its items too.
 */
export interface PlanningStore {
  /** Takes the key, and answers when; undefined while another plan with this key grows. */
  open(operationId: string, write: KeyedWrite): Promise<Date | undefined>
  /** Says that it still grows; false: it was taken for abandoned. */
  touch(operationId: string): Promise<boolean>
  /** Ends it as sealed; false: it was taken for abandoned. */
  seal(operationId: string): Promise<boolean>
  /** Renews the statistics of items, after a plan that is large enough to mislead the planner; not twice at once. */
  analyzeItems(): Promise<void>
  /** Forgets it with all its items. */
  discard(operationId: string): Promise<void>
  /** The same, unless it still grows. */
  discardAbandoned(operationId: string): Promise<void>
}

export function planningStore(trx: Transaction, workspaceId: string): PlanningStore {
  const own = 'workspace_id = ? and operation_id = ?'
  const end = async (operationId: string, also = '') => {
    // primary key
    const ended = await rows(trx, `delete from operation_planning where ${own} ${also} returning 1`, [
      workspaceId,
      operationId,
    ])
    return ended.length > 0
  }
  const dropItems = async (operationId: string) => {
    // primary key
    await rows(trx, `delete from operation_item where ${own}`, [workspaceId, operationId])
  }
  return {
    async open(operationId, { actorId, rpc, key }) {
      await dropAbandonedOf(trx, workspaceId, { actorId, rpc, key }, dropItems)
      const opened = await row<{ started_at: Date }>(
        trx,
        `insert into operation_planning (workspace_id, operation_id, actor_id, rpc, key)
         values (?, ?, ?, ?, nullif(?, '')) on conflict do nothing returning started_at`,
        [workspaceId, operationId, actorId, rpc, key],
      )
      return opened?.started_at
    },
    async touch(operationId) {
      // primary key
      const touched = await rows(
        trx,
        `update operation_planning set touched_at = clock_timestamp() where ${own} returning 1`,
        [workspaceId, operationId],
      )
      return touched.length > 0
    },
    seal: (operationId) => end(operationId),
    analyzeItems: async () => void (await rows(trx, 'analyze (skip_locked) operation_item')),
    async discard(operationId) {
      if (await end(operationId)) await dropItems(operationId)
    },
    async discardAbandoned(operationId) {
      if (await end(operationId, `and touched_at < statement_timestamp() - ${ABANDONED_AFTER}`))
        await dropItems(operationId)
    },
  }
}

async function dropAbandonedOf(
  trx: Transaction,
  workspaceId: string,
  { actorId, rpc, key }: Pick<KeyedWrite, 'actorId' | 'rpc' | 'key'>,
  dropItems: (operationId: string) => Promise<void>,
): Promise<void> {
  // operation_planning_workspace_id_actor_id_rpc_key_key
  const abandoned = await rows<{ operation_id: string }>(
    trx,
    `delete from operation_planning where workspace_id = ? and actor_id = ? and rpc = ? and key = ?
        and touched_at < statement_timestamp() - ${ABANDONED_AFTER} returning operation_id`,
    [workspaceId, actorId, rpc, key],
  )
  for (const { operation_id } of abandoned) await dropItems(operation_id)
}

/** The oldest plans that nobody touches any more, over all workspaces; asked as the claimer. */
export const ABANDONED_PLANNINGS = `
  select workspace_id, operation_id from operation_planning
   where touched_at < statement_timestamp() - ${ABANDONED_AFTER} order by touched_at limit ?`
