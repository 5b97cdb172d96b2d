import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'

/** As long as operations keep their results, where a workspace says nothing else. */
const KEPT_DAYS = 90
/** How many messages are forgotten in one transaction. */
const AT_ONCE = 1_000

/**
 * Workspaces that have messages, each once, for the claimer: one probe of webhook_message_made for each, and the rows in
 * between are never read.
 */
export const WITH_MESSAGES = `
  with recursive owner as (
    (select workspace_id from webhook_message order by workspace_id limit 1)
    union all
    select (select m.workspace_id from webhook_message m
             where m.workspace_id > owner.workspace_id order by m.workspace_id limit 1)
      from owner where owner.workspace_id is not null)
  select workspace_id from owner where workspace_id is not null`

/**
 * Forgets some of a workspace's messages that were made 90 days ago, with the attempts to send them, and says whether
 * there are more. None of them is still to be sent: the last of ten tries comes after less than 80 hours. A change that
 * is heard again later is known by its stream's version, not by them.
 */
export async function forgetWebhookMessages(trx: Transaction, workspaceId: string): Promise<boolean> {
  // served by webhook_message_made
  const old = await rows<{ id: string }>(
    trx,
    `select id from webhook_message
      where workspace_id = ? and created_at < clock_timestamp() - make_interval(days => ?) order by created_at limit ?`,
    [workspaceId, KEPT_DAYS, AT_ONCE],
  )
  const ids = old.map(({ id }) => id)
  if (ids.length === 0) return false
  await rows(trx, 'delete from webhook_delivery where workspace_id = ? and message_id = any (?::uuid[])', [
    workspaceId,
    ids,
  ])
  await rows(trx, 'delete from webhook_message where workspace_id = ? and id = any (?::uuid[])', [workspaceId, ids])
  return ids.length === AT_ONCE
}
