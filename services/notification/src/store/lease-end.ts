import type { Transaction } from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'

/** A lease that ran out: its holder is dead or frozen, and the mail may have left. */
export async function reclaim(trx: Transaction, workspaceId: string): Promise<void> {
  await touched(
    trx,
    `with expired as (
       update notification n set state = 'retry', doubt = 'crash', lease_owner = null, due_at = clock_timestamp()
        where n.workspace_id = ? and n.id = any(array(
          select d.id from notification d
           where d.workspace_id = ? and d.due_at <= clock_timestamp() and d.state = 'leased' for update skip locked))
       returning n.id, n.attempts)
     insert into delivery (workspace_id, notification_id, attempt, result, detail)
     select ?::uuid, id, attempts, 'unknown', 'lease-expired' from expired on conflict do nothing`,
    [workspaceId, workspaceId, workspaceId],
  )
}
