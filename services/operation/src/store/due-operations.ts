import { type Database, rows } from '@umbel/service-kit/store'
import { HAS_A_PLACE } from './queue-store.ts'

export interface DueOperation {
  readonly workspaceId: string
  readonly operationId: string
}

/** What the sweep looks for over all workspaces; asked as the claimer. */
export interface DueOperations {
  /** Operations whose launch or control change did not reach everybody. */
  attention(limit: number): Promise<DueOperation[]>
  /** Operations whose workflow is to be looked for. */
  watch(limit: number): Promise<DueOperation[]>
  /** Workspaces with a free place and somebody who waits for it. */
  queues(places: number, limit: number): Promise<string[]>
}

export function dueOperations(claimer: Database): DueOperations {
  const due = (column: 'attention_at' | 'watch_at', limit: number) =>
    claimer.transaction(async (trx) => {
      // operation_attention, operation_watch
      const found = await rows<{ workspace_id: string; operation_id: string }>(
        trx,
        `select workspace_id, operation_id from operation
          where ${column} <= statement_timestamp() order by ${column} limit ?`,
        [limit],
      )
      return found.map(({ workspace_id, operation_id }) => ({ workspaceId: workspace_id, operationId: operation_id }))
    })
  return {
    attention: (limit) => due('attention_at', limit),
    watch: (limit) => due('watch_at', limit),
    queues: (places, limit) =>
      claimer.transaction(async (trx) => {
        // operation_queue, operation_open
        const found = await rows<{ workspace_id: string }>(
          trx,
          `select workspace_id
             from (select distinct workspace_id from operation where queued_at is not null and state = 'queued') waiting
            where (select count(*) from operation o where o.workspace_id = waiting.workspace_id and ${HAS_A_PLACE}) < ?
            limit ?`,
          [places, limit],
        )
        return found.map(({ workspace_id }) => workspace_id)
      }),
  }
}
