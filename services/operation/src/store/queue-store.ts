import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { OperationState } from '../domain/operation.ts'

/** The places of one workspace's operations. Whoever gives or takes one holds its lock, and no queued operation's. */
export interface QueueStore {
  /** One at a time decides who gets a place. */
  lock(): Promise<void>
  /** How many operations have a place. A paused one keeps its own; one that asked its customers needs none meanwhile. */
  placed(): Promise<number>
  /** Those that wait for one, in their order, each under its row lock. */
  waiting(): Promise<Waiting[]>
}

export interface Waiting {
  readonly operationId: string
  /** Queued, or paused in its place in the queue. */
  readonly state: OperationState
}

/** What has a place, by the columns of `operation`; the sweep counts the same. */
export const HAS_A_PLACE = `lane = 'people' and accepted_at is not null and closed_at is null and queued_at is null
  and state in ('holding', 'running', 'paused') and not (step = 1 and waiting_until is not null)`

export const queueStore = (trx: Transaction, workspaceId: string): QueueStore => ({
  async lock() {
    await rows(trx, `select pg_advisory_xact_lock(hashtextextended('operation-queue ' || ?, 0))`, [workspaceId])
  },
  async placed() {
    // operation_open
    const counted = await row<{ n: number }>(
      trx,
      `select count(*)::int as n from operation where workspace_id = ? and ${HAS_A_PLACE}`,
      [workspaceId],
    )
    return counted?.n ?? 0
  },
  async waiting() {
    // operation_queue; locked in id order like everywhere, so that nobody waits in a circle
    const found = await rows<{ operation_id: string; state: OperationState }>(
      trx,
      `with held as (
         select operation_id, state, queued_at from operation where workspace_id = ? and queued_at is not null
          order by operation_id for update)
       select operation_id, state from held order by queued_at, operation_id`,
      [workspaceId],
    )
    return found.map(({ operation_id, state }) => ({ operationId: operation_id, state }))
  },
})
