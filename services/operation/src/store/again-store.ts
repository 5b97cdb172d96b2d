import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import { REACHED_SINCE } from './catch-up-store.ts'

/** Items and notifications that get another turn, with their counters. The caller holds the operation's lock. */
export interface AgainStore {
  /**
   * What failed in the step that runs is planned again; of a catch-up whom no other one has reached since. Returns how
   * many.
   */
  failedItems(operationId: string): Promise<number>
  /** Owed notifications that failed are pending again. Returns how many. */
  failedNotifications(operationId: string): Promise<number>
  /** Whoever was asked is to be closed now: the second step has those items and no others. */
  askedItems(operationId: string): Promise<void>
  /** How many children failed for which reason, the commonest first. */
  failures(operationId: string): Promise<Record<string, number>>
}

// what is shown is what stands out; a workflow's payload stays small
const REASONS = 10

/** What waits again is looked for from the first of it on. */
const COUNTED = 'counted as (select count(*)::int as n, min(seq) as first from again)'
const FROM_THE_FIRST = 'ended_up_to = least(ended_up_to, first - 1)'

export const againStore = (trx: Transaction, workspaceId: string): AgainStore => {
  const ids = (operationId: string) => [workspaceId, operationId]
  const counted = async (text: string, operationId: string) => {
    const found = await row<{ n: number }>(trx, text, [...ids(operationId), ...ids(operationId)])
    return found?.n ?? 0
  }
  return {
    failedItems: (operationId) =>
      // primary key; in the second step only what was asked in the first has a turn
      counted(
        `with again as (
           update operation_item i set state = 'planned', reason = ''
             from operation o
            where i.workspace_id = ? and i.operation_id = ? and i.state = 'failed'
              and o.workspace_id = i.workspace_id and o.operation_id = i.operation_id and (o.step = 1 or i.asked)
              and (o.kind <> 'catch_up' or not ${REACHED_SINCE})
           returning i.seq, i.workspace_id, i.operation_id, old.reason),
         reasons as (
           update operation_failure f set n = f.n - gone.n
             from (select workspace_id, operation_id, reason, count(*) as n from again group by 1, 2, 3) gone
            where (f.workspace_id, f.operation_id, f.reason) = (gone.workspace_id, gone.operation_id, gone.reason)),
         ${COUNTED}
         update operation_progress set pending = pending + n, failed = failed - n, ${FROM_THE_FIRST} from counted
          where workspace_id = ? and operation_id = ? returning n`,
        operationId,
      ),
    failedNotifications: (operationId) =>
      counted(
        `with again as (
           update operation_item set notification = 'pending', notification_reason = ''
            where workspace_id = ? and operation_id = ? and notification = 'failed' returning 1),
         counted as (select count(*)::int as n from again)
         update operation_progress set n_pending = n_pending + n, n_failed = n_failed - n from counted
          where workspace_id = ? and operation_id = ? returning n`,
        operationId,
      ),
    async askedItems(operationId) {
      await counted(
        `with again as (
           update operation_item set state = 'planned', asked = true
            where workspace_id = ? and operation_id = ? and state = 'applied' returning seq),
         ${COUNTED}
         update operation_progress set pending = pending + n, applied = applied - n, ${FROM_THE_FIRST} from counted
          where workspace_id = ? and operation_id = ? returning n`,
        operationId,
      )
    },
    async failures(operationId) {
      // primary key
      const found = await rows<{ reason: string; n: number }>(
        trx,
        `select reason, n from operation_failure
          where workspace_id = ? and operation_id = ? and n > 0 order by n desc, reason limit ?`,
        [...ids(operationId), REASONS],
      )
      return Object.fromEntries(found.map(({ reason, n }) => [reason, n]))
    },
  }
}
