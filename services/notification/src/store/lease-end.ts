import type { Transaction } from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'

/** A lease that ran out: its holder is dead or frozen, and the mail may have left. */
export async function reclaim(trx: Transaction, workspaceId: string): Promise<void> {
  await touched(
    trx,
    `with expired as (
       delete from lease where workspace_id = ? and notification_id = any(array(
         select notification_id from lease
          where workspace_id = ? and until <= statement_timestamp() for update skip locked))
       returning notification_id, message_id),
     reclaimed as (
       update notification n
          set state = 'retry', doubt = 'crash', due_at = clock_timestamp(), attempts = n.attempts + 1,
              message_id = e.message_id
         from expired e
        where n.workspace_id = ? and n.id = any(array(select notification_id from expired)) and n.id = e.notification_id
       returning n.id, n.attempts)
     insert into delivery (workspace_id, notification_id, attempt, result, detail)
     select ?::uuid, id, attempts, 'unknown', 'lease-expired' from reclaimed on conflict do nothing`,
    [workspaceId, workspaceId, workspaceId, workspaceId],
  )
}
