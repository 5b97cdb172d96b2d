import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import { MAX_SENT, type SentId, type ThreadState } from '../domain/mail.ts'

export interface ReceivedMail {
  readonly ticketId: string
  readonly messageId: string
  readonly outcome: 'added' | 'ignored'
  /** A slug; empty where it was added. */
  readonly reason: string
}

export interface ThreadStore {
  /** The threads of these tickets by ticket id; those that are missing begin here, with their reply token. */
  open(tokens: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, ThreadState>>
  /** Remembers a mail that came in, once. */
  receive(mail: ReceivedMail): Promise<void>
  /** Those of these lower-case addresses that get no mail. */
  suppressed(addresses: readonly string[]): Promise<ReadonlySet<string>>
}

export function threadStore(trx: Transaction, workspaceId: string): ThreadStore {
  return {
    open: (tokens) => open(trx, workspaceId, tokens),
    async receive({ ticketId, messageId, outcome, reason }) {
      await touched(
        trx,
        `insert into received_mail (workspace_id, ticket_id, message_id, outcome, reason) values (?, ?, ?, ?, ?)
             on conflict do nothing`,
        [workspaceId, ticketId, messageId, outcome, reason],
      )
    },
    async suppressed(addresses) {
      const found = await rows<{ address: string }>(
        trx,
        'select address from suppression where workspace_id = ? and address = any(?::text[])',
        [workspaceId, addresses],
      )
      return new Set(found.map(({ address }) => address))
    },
  }
}

async function open(trx: Transaction, workspaceId: string, tokens: ReadonlyMap<string, string>) {
  const ticketIds = [...tokens.keys()].sort()
  await touched(
    trx,
    `insert into thread (workspace_id, ticket_id, reply_token)
     select ?::uuid, ticket_id, token from unnest(?::uuid[], ?::text[]) as t (ticket_id, token) on conflict do nothing`,
    [workspaceId, ticketIds, ticketIds.map((id) => tokens.get(id) ?? null)],
  )
  const found = await rows<ThreadRow>(trx, THREADS, [workspaceId, ticketIds])
  return new Map(
    found.map(({ ticket_id, sent_ids, begun_with }) => [
      ticket_id,
      { sentIds: sent_ids, ...(begun_with === null ? {} : { begunWith: begun_with }) },
    ]),
  )
}

interface ThreadRow {
  readonly ticket_id: string
  readonly sent_ids: SentId[]
  readonly begun_with: string | null
}

// primary key of thread; notification_of_ticket
const THREADS = `
  select t.ticket_id,
    (select n.recipient_id from notification n where n.workspace_id = t.workspace_id and n.ticket_id = t.ticket_id
      order by n.created_at limit 1) as begun_with,
    coalesce((select jsonb_agg(jsonb_build_object('messageId', s.message_id, 'recipientId', s.recipient_id)
                               order by s.created_at, s.id)
      from (select n.id, n.message_id, n.recipient_id, n.created_at from notification n
             where n.workspace_id = t.workspace_id and n.ticket_id = t.ticket_id
               and (n.state in ('sent', 'unknown') or n.reason = 'bounced')
             order by n.created_at desc, n.id desc limit ${MAX_SENT}) s), '[]') as sent_ids
    from thread t where t.workspace_id = ? and t.ticket_id = any(?::uuid[])`
