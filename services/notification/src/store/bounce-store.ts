import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { Bounce, BounceKind } from '../domain/bounce.ts'
import type { State } from '../domain/notification.ts'
import { record, type TellEndings } from './stream-store.ts'

/** A notification that was mailed at least once. */
export interface MailedNotification {
  readonly id: string
  readonly ticketId: string
  readonly commentId: string
  readonly recipientId: string
}

export interface BounceStore {
  /** What was mailed about a ticket, the latest first. */
  mailed(ticketId: string): Promise<MailedNotification[]>
  /** Ends a mail that was taken for sent as `failed`, `bounced`, and tells it; `in-flight`: its result is not known yet. */
  fail(notificationId: string): Promise<'failed' | 'in-flight' | 'ended'>
  /** Remembers a bounce; false: it was known. */
  add(notificationId: string, bounce: Bounce): Promise<boolean>
  /** Whether the ticket has its note of this bounce. */
  isNoted(notificationId: string, kind: BounceKind): Promise<boolean>
  noted(notificationId: string, kind: BounceKind): Promise<void>
  /** How many mails to this address bounced softly in the last 72 hours. */
  softOf(address: string): Promise<number>
}

/** Older mails of one ticket are not looked for. */
const MOST = 1_000

export function bounceStore(trx: Transaction, workspaceId: string, tell: TellEndings): BounceStore {
  return {
    mailed: (ticketId) =>
      rows<MailedNotification>(
        trx,
        // served by notification_of_ticket; one in flight for the first time may bounce before its result is recorded
        `select id, ticket_id as "ticketId", comment_id as "commentId", recipient_id as "recipientId" from notification n
          where workspace_id = ? and ticket_id = ? and (message_id <> '' or exists (
                select from lease l where l.workspace_id = n.workspace_id and l.notification_id = n.id))
          order by created_at desc limit ?`,
        [workspaceId, ticketId, MOST],
      ),
    async fail(notificationId) {
      const [[found], leases] = await Promise.all([
        rows<{ state: State }>(trx, 'select state from notification where workspace_id = ? and id = ? for update', [
          workspaceId,
          notificationId,
        ]),
        rows(trx, 'select from lease where workspace_id = ? and notification_id = ?', [workspaceId, notificationId]),
      ])
      if (leases.length > 0) return 'in-flight'
      if (found?.state !== 'sent' && found?.state !== 'unknown') return 'ended'
      const failed = await rows<FailedRow>(trx, FAIL, [workspaceId, notificationId])
      await record(
        trx,
        workspaceId,
        tell,
        failed.map((row) => ({ ...row, state: 'failed' as const, reason: 'bounced' })),
      )
      return 'failed'
    },
    async add(notificationId, { kind, address, status }) {
      const added = await touched(
        trx,
        // an address that was let off may be named anew
        `insert into bounce as b (workspace_id, notification_id, kind, address, status) values (?, ?, ?, ?, ?)
             on conflict (workspace_id, notification_id, kind) do update
            set address = excluded.address, received_at = excluded.received_at
          where b.address = '' and excluded.address <> ''`,
        [workspaceId, notificationId, kind, address, status],
      )
      return added > 0
    },
    async isNoted(notificationId, kind) {
      const [found] = await rows<{ noted: boolean }>(
        trx,
        'select noted from bounce where workspace_id = ? and notification_id = ? and kind = ?',
        [workspaceId, notificationId, kind],
      )
      return found?.noted ?? false
    },
    async noted(notificationId, kind) {
      const asked = [workspaceId, notificationId, kind]
      await touched(
        trx,
        'update bounce set noted = true where workspace_id = ? and notification_id = ? and kind = ?',
        asked,
      )
    },
    async softOf(address) {
      const [found] = await rows<{ n: number }>(
        trx,
        // served by bounce_of_address
        `select count(*)::int as n from bounce where workspace_id = ? and address = ? and kind = 'soft'
            and received_at > statement_timestamp() - interval '72 hours'`,
        [workspaceId, address],
      )
      return found?.n ?? 0
    },
  }
}

interface FailedRow {
  readonly id: string
  readonly ticketId: string
  readonly channel: string
  readonly operationId: string | null
  readonly cause: Buffer
  readonly attempts: number
}

const FAIL = `
  update notification set state = 'failed', reason = 'bounced' where workspace_id = ? and id = ?
  returning id, ticket_id as "ticketId", channel, operation_id as "operationId", cause, attempts`
