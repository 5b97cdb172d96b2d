import type { Transaction } from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'

export interface RetryStore {
  /** Makes up to so many failed mails of an operation due, or held; returns how many. The caller holds the cause's lock. */
  again(operationId: string, epoch: bigint, mode: 'open' | 'held', limit: number): Promise<number>
}

// served by notification_of_operation
const AGAIN = `
  update notification n
     set state = case when ? then 'retry' else 'held' end, reason = '',
         due_at = case when ? then clock_timestamp() end, retry_epoch = ?, earlier_attempts = n.attempts
   where n.workspace_id = ? and n.id = any(array(
     select d.id from notification d
      where d.workspace_id = ? and d.operation_id = ? and d.state = 'failed' and d.retry_epoch < ?
      order by d.id limit ? for update))`

export const retryStore = (trx: Transaction, workspaceId: string): RetryStore => ({
  again(operationId, epoch, mode, limit) {
    const open = mode === 'open'
    const at = String(epoch)
    return touched(trx, AGAIN, [open, open, at, workspaceId, workspaceId, operationId, at, limit])
  },
})
