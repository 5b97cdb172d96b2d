import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'

export interface OutgoingKey {
  readonly ticketId: string
  readonly commentId: string
}

/** What a mail about one comment is made of; nothing in it comes from another ticket. */
export interface Outgoing extends OutgoingKey {
  readonly ticketNumber: number
  readonly subject: string
  readonly bodyId: string
  readonly recipientId: string
  readonly recipientName: string
  /** Empty: the requester has no address. */
  readonly recipientAddress: string
  readonly authorName: string
  /** The Message-ID of the latest mail by who is the requester today, if any. */
  readonly inReplyTo: string
  /** What the body's variables have for this ticket; null: the body is no template. */
  readonly values: Readonly<Record<string, string>> | null
}

export interface OutgoingBody {
  readonly bodyId: string
  readonly text: string
}

export interface OutgoingRead {
  /** Public comments on tickets with a requester; others are left out. */
  list(keys: readonly OutgoingKey[]): Promise<readonly Outgoing[]>
  bodies(ids: readonly string[]): Promise<readonly OutgoingBody[]>
  /** The address that may write on this ticket. */
  requesterAddress(ticketId: string): Promise<{ readonly requesterId: string; readonly address: string } | undefined>
}

interface OutgoingRow {
  readonly ticket_id: string
  readonly comment_id: string
  readonly number: string
  readonly subject: string
  readonly body_id: string
  readonly requester_id: string
  readonly requester_name: string
  readonly email: string | null
  readonly author_name: string | null
  readonly message_id: string | null
  readonly values: Record<string, string> | null
}

// primary keys of comment, ticket, requester and agent; comment_by_mail
const OUTGOING = `select c.ticket_id, c.comment_id, t.number, t.subject, c.body_id, c.values, t.requester_id,
    r.name as requester_name, r.email, a.name as author_name, latest.message_id
  from unnest(?::uuid[], ?::uuid[]) as k(ticket_id, comment_id)
  join comment c on c.workspace_id = ? and c.ticket_id = k.ticket_id and c.comment_id = k.comment_id and c.public
  join ticket t on t.workspace_id = c.workspace_id and t.ticket_id = c.ticket_id
  join requester r on r.workspace_id = t.workspace_id and r.requester_id = t.requester_id
  left join agent a on a.workspace_id = c.workspace_id and c.author_kind = 'agent'
    and a.agent_id = case when c.author_kind = 'agent' then c.author_id::uuid end
  left join lateral (select m.message_id from comment m where m.workspace_id = t.workspace_id
    and m.ticket_id = t.ticket_id and m.message_id is not null
    and m.author_kind = 'requester' and m.author_id = t.requester_id::text
    order by m.version desc limit 1) latest on true`

export function outgoingRead(trx: Transaction, workspaceId: string): OutgoingRead {
  return {
    async list(keys) {
      const found = await rows<OutgoingRow>(trx, OUTGOING, [
        keys.map(({ ticketId }) => ticketId),
        keys.map(({ commentId }) => commentId),
        workspaceId,
      ])
      return found.map(toOutgoing)
    },
    // primary key
    async bodies(ids) {
      const found = await rows<{ body_id: string; text: string }>(
        trx,
        'select body_id, text from body where workspace_id = ? and body_id = any(?::uuid[])',
        [workspaceId, ids],
      )
      return found.map(({ body_id: bodyId, text }) => ({ bodyId, text }))
    },
    // primary keys
    async requesterAddress(ticketId) {
      const found = await row<{ requester_id: string; email: string | null }>(
        trx,
        `select r.requester_id, r.email from ticket t
         join requester r on r.workspace_id = t.workspace_id and r.requester_id = t.requester_id
         where t.workspace_id = ? and t.ticket_id = ?`,
        [workspaceId, ticketId],
      )
      return found && { requesterId: found.requester_id, address: found.email ?? '' }
    },
  }
}

const toOutgoing = (found: OutgoingRow): Outgoing => ({
  ticketId: found.ticket_id,
  commentId: found.comment_id,
  ticketNumber: Number(found.number),
  subject: found.subject,
  bodyId: found.body_id,
  recipientId: found.requester_id,
  recipientName: found.requester_name,
  recipientAddress: found.email ?? '',
  authorName: found.author_name ?? '',
  inReplyTo: found.message_id ?? '',
  values: found.values,
})
