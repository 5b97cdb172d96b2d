import { NO_GROUP } from '../domain/words.ts'
import type { KnownTicket } from './known-tickets.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

export interface ChildReply {
  readonly masterId: string
  readonly ticket: KnownTicket
}

/** Keeps each child's latest reply under its master and group, where the latest of all is one index probe. */
export async function putReplies(unit: Unit, replies: readonly ChildReply[]): Promise<void> {
  const rows = replies.flatMap(({ masterId, ticket }) =>
    ticket.reply
      ? [
          {
            master_id: masterId,
            ticket_id: ticket.ticketId,
            group_id: ticket.groupId ?? NO_GROUP,
            comment_id: ticket.reply.commentId,
            replied_at: ticket.reply.at,
          },
        ]
      : [],
  )
  if (rows.length === 0) return
  await rowsOf(
    unit,
    `insert into rollup_reply (workspace_id, master_id, ticket_id, group_id, comment_id, replied_at)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb)
        as t (master_id uuid, ticket_id uuid, group_id uuid, comment_id uuid, replied_at timestamptz)
      order by t.master_id, t.ticket_id
      on conflict (workspace_id, master_id, ticket_id) do update set group_id = excluded.group_id,
        comment_id = excluded.comment_id, replied_at = excluded.replied_at`,
    [unit.workspaceId, recordset(rows)],
  )
}

/** Forgets the replies of children that left. */
export async function dropReplies(
  unit: Unit,
  pairs: readonly { readonly masterId: string; readonly ticketId: string }[],
): Promise<void> {
  if (pairs.length === 0) return
  await rowsOf(
    unit,
    `delete from rollup_reply r using jsonb_to_recordset(?::jsonb) as t ("masterId" uuid, "ticketId" uuid)
      where r.workspace_id = ? and r.master_id = t."masterId" and r.ticket_id = t."ticketId"`,
    [recordset(pairs.map(({ masterId, ticketId }) => ({ masterId, ticketId }))), unit.workspaceId],
  )
}

/** Forgets every reply kept under a master, before they are rebuilt. */
export async function dropRepliesOf(unit: Unit, masterId: string): Promise<void> {
  await rowsOf(unit, 'delete from rollup_reply where workspace_id = ? and master_id = ?', [unit.workspaceId, masterId])
}
