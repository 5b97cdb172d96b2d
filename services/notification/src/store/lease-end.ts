import type { Transaction } from '@umbel/messaging'
import type { Result } from './queue-row.ts'
import { rows, touched } from './sql.ts'

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

/**
 * Results, their delivery rows and what the threads have sent now, in one statement. `any` beside each join keeps both
 * updates on their primary keys: a join alone reads the whole workspace where the statistics are stale.
 */
const RECORD = `
  with result as (
    select * from unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[])
      as r (id, epoch, state, reason, doubt, delay_ms, delivery)),
  counted as (
    update notification n
       set state = r.state, reason = r.reason, doubt = r.doubt, lease_owner = null,
           due_at = clock_timestamp() + r.delay_ms * interval '1 millisecond',
           attempts = n.attempts - case when r.delivery is null then 1 else 0 end
      from result r
     where n.workspace_id = ? and n.id = any(?::uuid[]) and n.id = r.id and n.lease_epoch = r.epoch
       and n.lease_owner = ? and n.state = 'leased'
    returning n.id, n.ticket_id, n.attempts, n.state, n.message_id, r.delivery, r.reason),
  delivered as (
    insert into delivery (workspace_id, notification_id, attempt, result, detail)
    select ?::uuid, id, attempts, delivery, reason from counted where delivery is not null on conflict do nothing),
  threaded as (
    update thread t
       set sent_ids = (t.sent_ids || (select c.message_id from counted c where c.ticket_id = t.ticket_id))
                      [greatest(1, cardinality(t.sent_ids) - 8):]
     where t.workspace_id = ?
       and t.ticket_id = any(array(select c.ticket_id from counted c where c.state in ('sent', 'unknown'))))
  select id from counted`

/** Writes results where the lease is still ours; returns those that counted. */
export async function recordResults(trx: Transaction, workspaceId: string, results: readonly Result[], owner: string) {
  if (results.length === 0) return []
  const outcomes = results.map(({ outcome }) => outcome)
  const found = await rows<{ id: string }>(trx, RECORD, [
    results.map(({ leased }) => leased.id),
    results.map(({ leased }) => leased.epoch),
    outcomes.map(({ state }) => state),
    outcomes.map(({ reason }) => reason),
    outcomes.map(({ doubt }) => doubt),
    outcomes.map(({ delayMs }) => delayMs),
    outcomes.map(({ delivery }) => delivery),
    workspaceId,
    results.map(({ leased }) => leased.id),
    owner,
    workspaceId,
    workspaceId,
  ])
  const ours = new Set(found.map(({ id }) => id))
  return results.filter(({ leased }) => ours.has(leased.id))
}
