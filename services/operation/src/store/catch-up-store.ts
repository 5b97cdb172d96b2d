import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { PastBroadcast } from '../domain/catch-up.ts'
import type { TextVariant } from '../domain/operation.ts'

export interface CatchUpStore {
  /** One at a time begins a catch-up of this master, or sees who has been caught up. */
  lock(masterId: string): Promise<void>
  /** Whether any catch-up of this master has begun since, or has begun anew for whom it failed. The caller holds the lock. */
  begunSince(masterId: string, at: Date): Promise<boolean>
  /**
   * The master's broadcasts that had reached everybody by then, oldest first; waits for one that is being closed.
   * What went to chosen or filtered children only was not meant for who joins later.
   */
  broadcasts(masterId: string, closedBy: Date): Promise<PastBroadcast[]>
  /** Which of these broadcasts reached these children all the same. */
  received(
    operationIds: readonly string[],
    ticketIds: readonly string[],
  ): Promise<{ readonly ticketId: string; readonly operationId: string }[]>
  /** When these children of the master were last caught up, or are about to be. */
  caughtUp(masterId: string, ticketIds: readonly string[]): Promise<{ readonly ticketId: string; readonly at: Date }[]>
  /** How many children failed in this catch-up that one reaches which has begun since. The caller holds the lock. */
  reachedSince(operationId: string): Promise<number>
  /** Writes down that this catch-up begins anew. The caller holds the lock. */
  beginAnew(operationId: string): Promise<void>
}

interface BroadcastRow {
  readonly operation_id: string
  readonly link_seq: string
  readonly accepted_at: Date
  readonly closed_at: Date
  readonly texts: readonly TextVariant[]
}

/** An item that did its work, or will: a cancelled operation has ended all of its items. */
const REACHES = `(i.state = 'applied' or i.state = 'planned' and o.accepted_at is not null)`

/**
 * SQL: a catch-up that has begun since `failed.planned_at` reaches the child of `again`: it holds what that one missed.
 * operation_of_master, then the unique key on ticket_id.
 */
export const REACHED_SINCE = `exists (
  select 1 from operation o join operation_item i using (workspace_id, operation_id)
   where o.workspace_id = failed.workspace_id and o.master_id = failed.master_id and o.kind = 'catch_up'
     and o.operation_id <> failed.operation_id and greatest(o.accepted_at, o.retried_at) >= failed.planned_at
     and i.ticket_id = again.ticket_id and ${REACHES})`

export const catchUpStore = (trx: Transaction, workspaceId: string): CatchUpStore => ({
  async lock(masterId) {
    const key = `catch-up ${workspaceId} ${masterId}`
    await rows(trx, 'select pg_advisory_xact_lock(hashtextextended(?, 0))', [key])
  },
  async begunSince(masterId, at) {
    // operation_of_master; times are told in whole milliseconds, and within the same one nobody knows who came first
    const found = await row<{ begun: boolean }>(
      trx,
      `select exists (select 1 from operation where workspace_id = ? and master_id = ? and kind = 'catch_up'
                         and greatest(accepted_at, retried_at) >= ?) as begun`,
      [workspaceId, masterId, at],
    )
    return found?.begun ?? false
  },
  async broadcasts(masterId, closedBy) {
    // operation_of_master; the row lock waits for whoever closes one right now. Texts go when results are forgotten.
    const found = await rows<BroadcastRow>(
      trx,
      `with closed as materialized (
         select operation_id, link_seq, accepted_at, closed_at from operation
          where workspace_id = ? and master_id = ? and kind = 'broadcast' and state <> 'cancelled'
            and link_seq > 0 and closed_at <= ? for share)
       select closed.*, texts from closed
        cross join lateral (
          select jsonb_agg(jsonb_build_object('locale', t.locale, 'text', t.text) order by t.seq) as texts
            from operation_text t where t.workspace_id = ? and t.operation_id = closed.operation_id) as said
        where texts is not null order by accepted_at, operation_id`,
      [workspaceId, masterId, closedBy, workspaceId],
    )
    return found.map((row) => ({
      operationId: row.operation_id,
      linkSeq: Number(row.link_seq),
      startedAt: row.accepted_at,
      closedAt: row.closed_at,
      texts: row.texts,
    }))
  },
  async received(operationIds, ticketIds) {
    // the unique key on ticket_id
    const found = await rows<{ ticket_id: string; operation_id: string }>(
      trx,
      `select i.ticket_id, i.operation_id from operation_item i join operation o using (workspace_id, operation_id)
        where i.workspace_id = ? and i.operation_id = any (?::uuid[]) and i.ticket_id = any (?::uuid[]) and ${REACHES}`,
      [workspaceId, operationIds, ticketIds],
    )
    return found.map(({ ticket_id, operation_id }) => ({ ticketId: ticket_id, operationId: operation_id }))
  },
  async caughtUp(masterId, ticketIds) {
    // operation_of_master, then the unique key on ticket_id
    const found = await rows<{ ticket_id: string; at: Date }>(
      trx,
      `select i.ticket_id, max(o.planned_at) as at
         from operation o join operation_item i using (workspace_id, operation_id)
        where o.workspace_id = ? and o.master_id = ? and o.kind = 'catch_up' and i.ticket_id = any (?::uuid[])
          and ${REACHES} group by i.ticket_id`,
      [workspaceId, masterId, ticketIds],
    )
    return found.map(({ ticket_id, at }) => ({ ticketId: ticket_id, at }))
  },
  async reachedSince(operationId) {
    // primary keys
    const found = await row<{ n: number }>(
      trx,
      `select count(*)::int as n from operation failed join operation_item again using (workspace_id, operation_id)
        where failed.workspace_id = ? and failed.operation_id = ? and again.state = 'failed' and ${REACHED_SINCE}`,
      [workspaceId, operationId],
    )
    return found?.n ?? 0
  },
  async beginAnew(operationId) {
    // primary key
    await rows(
      trx,
      `update operation set retried_at = date_trunc('milliseconds', clock_timestamp())
        where workspace_id = ? and operation_id = ?`,
      [workspaceId, operationId],
    )
  },
})
