import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { ThreadState } from '../domain/mail.ts'

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
  /** Remembers a mail that came in, once; an answer becomes what the next mail replies to. */
  receive(mail: ReceivedMail): Promise<void>
  /** Those of these lower-case addresses that get no mail. */
  suppressed(addresses: readonly string[]): Promise<ReadonlySet<string>>
}

export function threadStore(trx: Transaction, workspaceId: string): ThreadStore {
  return {
    open: (tokens) => open(trx, workspaceId, tokens),
    async receive({ ticketId, messageId, outcome, reason }) {
      const fresh = await touched(
        trx,
        `insert into received_mail (workspace_id, ticket_id, message_id, outcome, reason) values (?, ?, ?, ?, ?)
             on conflict do nothing`,
        [workspaceId, ticketId, messageId, outcome, reason],
      )
      if (fresh === 0 || outcome === 'ignored') return
      await touched(trx, 'update thread set customer_message_id = ? where workspace_id = ? and ticket_id = ?', [
        messageId,
        workspaceId,
        ticketId,
      ])
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
  const found = await rows<{ ticket_id: string; sent_ids: string[]; customer_message_id: string }>(
    trx,
    'select ticket_id, sent_ids, customer_message_id from thread where workspace_id = ? and ticket_id = any(?::uuid[])',
    [workspaceId, ticketIds],
  )
  return new Map(
    found.map((row) => [row.ticket_id, { sentIds: row.sent_ids, customerMessageId: row.customer_message_id }]),
  )
}
