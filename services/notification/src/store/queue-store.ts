import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { Change } from '../domain/ending.ts'
import type { CauseMode, State } from '../domain/notification.ts'
import { reclaim } from './lease-end.ts'
import type { Due, Leased } from './queue-row.ts'
import { record, type TellEndings } from './stream-store.ts'

export interface QueueStore {
  /** Up to so many due rows, the longest due first. Rows of dead senders become due again here, in doubt. */
  page(limit: number): Promise<Due[]>
  /** Those of them that are still ours, for so long from now, without what somebody has locked to record it. */
  renew(leased: readonly Leased[], owner: string, leaseMs: number): Promise<string[]>
  /** Ends leases of this owner where their mails were not begun: nothing is in doubt. */
  unlease(ids: readonly string[], owner: string): Promise<void>
  /** Leaves rows that are due alone for a while: milliseconds for each. */
  putOff(rows: readonly { readonly id: string; readonly ms: number }[]): Promise<void>
  /** Ends due rows that were never leased, with a reason for each. */
  end(ended: readonly { due: Due; state: State; reason: string }[]): Promise<void>
  /** Moves up to so many rows of the operation to where its mode wants them; false when none was left. */
  follow(operationId: string, mode: CauseMode, limit: number): Promise<boolean>
}

export function queueStore(trx: Transaction, workspaceId: string, tell: TellEndings): QueueStore {
  const say = (changes: readonly Change[]) => record(trx, workspaceId, tell, changes)
  return {
    async page(limit) {
      await reclaim(trx, workspaceId)
      return (await rows<DueRow>(trx, PAGE, [workspaceId, limit])).map(toDue)
    },
    async renew(leased, owner, leaseMs) {
      const asked = leased.map(({ id }) => id)
      const bindings = [...ids(leased), workspaceId, asked, owner, leaseMs, workspaceId, asked]
      return (await rows<{ id: string }>(trx, RENEW, bindings)).map(({ id }) => id)
    },
    async unlease(asked, owner) {
      await touched(trx, UNLEASE, [workspaceId, asked, owner])
    },
    async putOff(put) {
      if (put.length === 0) return
      const asked = put.map(({ id }) => id)
      await touched(trx, PUT_OFF, [asked, put.map(({ ms }) => ms), workspaceId, asked])
    },
    async end(ended) {
      if (ended.length === 0) return
      const asked = ended.map(({ due }) => due.id)
      const [, found] = await Promise.all([
        rows(trx, LOCK, [workspaceId, asked]),
        rows<{ id: string }>(trx, END, [
          asked,
          ended.map(({ state }) => state),
          ended.map(({ reason }) => reason),
          workspaceId,
          asked,
        ]),
      ])
      const done = new Set(found.map(({ id }) => id))
      await say(
        ended.filter(({ due }) => done.has(due.id)).map(({ due, state, reason }) => ({ ...due, state, reason })),
      )
    },
    async follow(operationId, mode, limit) {
      const { from, set, tells } = following[mode]
      const moved = await rows<DueRow & { state: State; reason: string }>(trx, FOLLOW(from, set), [
        workspaceId,
        workspaceId,
        operationId,
        limit,
      ])
      if (tells) await say(moved.map((row) => ({ ...toDue(row), state: row.state, reason: row.reason })))
      return moved.length > 0
    },
  }
}

interface DueRow {
  readonly id: string
  readonly ticket_id: string
  readonly comment_id: string
  readonly recipient_id: string
  readonly channel: string
  readonly operation_id: string | null
  readonly cause: Buffer
  readonly attempts: number
  readonly earlier_attempts: number
}

const toDue = (row: DueRow): Due => ({
  id: row.id,
  ticketId: row.ticket_id,
  commentId: row.comment_id,
  recipientId: row.recipient_id,
  channel: row.channel,
  operationId: row.operation_id,
  cause: row.cause,
  attempts: row.attempts,
  earlierAttempts: row.earlier_attempts,
})

const ids = (leased: readonly Leased[]) => [leased.map(({ id }) => id), leased.map(({ epoch }) => epoch)]

const COLUMNS =
  'n.id, n.ticket_id, n.comment_id, n.recipient_id, n.channel, n.operation_id, n.cause, n.attempts, n.earlier_attempts'

/** Nobody has it in flight; the leases are no more than what is. */
const UNLEASED = (row: string) =>
  `not exists (select from lease l where l.workspace_id = ${row}.workspace_id and l.notification_id = ${row}.id)`
const WAITS = `n.state in ('pending', 'retry') and ${UNLEASED('n')}`

// served by notification_due
const PAGE = `
  select ${COLUMNS} from notification n
   where n.workspace_id = ? and n.due_at <= statement_timestamp() and ${WAITS}
   order by n.due_at limit ?`

// a turn has in hand what is locked: it waits for nobody, or each might wait for the other
const RENEW = `
  with kept as materialized (
    select l.notification_id from lease l join unnest(?::uuid[], ?::bigint[]) as held (id, epoch)
        on l.notification_id = held.id and l.epoch = held.epoch
     where l.workspace_id = ? and l.notification_id = any(?::uuid[]) and l.owner = ? and l.until > clock_timestamp()
       for no key update of l skip locked)
  update lease l set until = clock_timestamp() + ? * interval '1 millisecond'
    from kept where l.workspace_id = ? and l.notification_id = any(?::uuid[]) and l.notification_id = kept.notification_id
  returning l.notification_id as id`

const UNLEASE = 'delete from lease where workspace_id = ? and notification_id = any(?::uuid[]) and owner = ?'

const PUT_OFF = `
  update notification n set due_at = clock_timestamp() + p.ms * interval '1 millisecond'
    from unnest(?::uuid[], ?::int[]) as p (id, ms)
   where n.workspace_id = ? and n.id = any(?::uuid[]) and n.id = p.id and ${WAITS}`

// a lease takes the row's lock too: whoever has it sees every lease that committed before
const LOCK = 'select id from notification where workspace_id = ? and id = any(?::uuid[]) order by id for no key update'

const END = `
  update notification n set state = e.state, reason = e.reason, due_at = null
    from unnest(?::uuid[], ?::text[], ?::text[]) as e (id, state, reason)
   where n.workspace_id = ? and n.id = any(?::uuid[]) and n.id = e.id and ${WAITS}
  returning n.id`

/** What each mode makes of rows that are not in flight. A row in doubt may have left: it is never called withheld. */
const following: Readonly<Record<CauseMode, { from: string; set: string; tells: boolean }>> = {
  held: { from: "('pending', 'retry')", set: "state = 'held', due_at = null", tells: false },
  open: {
    from: "('held')",
    set: "state = case when n.attempts > 0 then 'retry' else 'pending' end, due_at = clock_timestamp()",
    tells: false,
  },
  withheld: {
    from: "('pending', 'retry', 'held')",
    set: `state = case when n.doubt is null then 'withheld' else 'unknown' end, due_at = null,
          reason = case when n.doubt is null then 'operation-cancelled' else 'cancelled-after-' || n.doubt end`,
    tells: true,
  },
}

const FOLLOW = (from: string, set: string) => `
  update notification n set ${set}
   where n.workspace_id = ? and n.id = any(array(
     select d.id from notification d
      where d.workspace_id = ? and d.operation_id = ? and d.state in ${from} and ${UNLEASED('d')}
      order by d.id limit ? for update))
  returning ${COLUMNS}, n.state, n.reason`
