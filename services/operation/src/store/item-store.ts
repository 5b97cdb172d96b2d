import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { PlannedItem } from '../domain/decide-item.ts'
import type { Item, ItemOutcome, ItemState, NotificationState } from '../domain/operation.ts'

export interface WaitingItem {
  readonly seq: number
  readonly ticketId: string
  readonly linkId: string
  readonly body: number
  readonly plannedVersion: number
}

export interface ItemFilter {
  readonly state: string
  readonly notification: string
  readonly after: number
  readonly limit: number
}

/** An item that got its outcome just now, and which text it had. */
export interface EndedItem {
  readonly ticketId: string
  readonly body: number
}

export interface ItemStore {
  /** One statement for all; `firstSeq` is the first item's. */
  insert(operationId: string, firstSeq: number, items: readonly PlannedItem[]): Promise<void>
  /** The next items without an outcome, behind this place and behind whatever was passed. */
  waiting(operationId: string, after: number, limit: number): Promise<WaitingItem[]>
  /** Outcomes and counters, once for each item: what has an outcome keeps it. */
  record(operationId: string, outcomes: readonly ItemOutcome[]): Promise<EndedItem[]>
  /** Nobody looks for waiting items up to this place again, if there are none. The caller holds the operation's lock. */
  pass(operationId: string, upTo: number): Promise<void>
  /** Ends everything that still waits as skipped, `cancelled`. */
  cancelWaiting(operationId: string): Promise<void>
  list(operationId: string, filter: ItemFilter): Promise<Item[]>
}

interface ItemRow {
  readonly seq: number
  readonly ticket_id: string
  readonly link_id: string | null
  readonly ticket_number: string
  readonly state: ItemState
  readonly reason: string
  readonly before: string
  readonly after: string
  readonly version: string
  readonly planned_version: string
  readonly body: number
  readonly moved: boolean
  readonly notification: NotificationState | ''
  readonly notification_reason: string
}

/** Primary keys; what has ended is not walked over again with every page. */
export const WAITING = `
  select seq, ticket_id, link_id, body, planned_version from operation_item
   where workspace_id = ? and operation_id = ? and state = 'planned' and seq > greatest(?::int,
           (select ended_up_to from operation_progress where workspace_id = ? and operation_id = ?))
   order by seq limit ?`

export function itemStore(trx: Transaction, workspaceId: string): ItemStore {
  return {
    insert: (operationId, firstSeq, items) => insertItems(trx, workspaceId, operationId, firstSeq, items),
    async waiting(operationId, after, limit) {
      const found = await rows<Pick<ItemRow, 'seq' | 'ticket_id' | 'link_id' | 'body' | 'planned_version'>>(
        trx,
        WAITING,
        [workspaceId, operationId, after, workspaceId, operationId, limit],
      )
      return found.map((item) => ({
        seq: item.seq,
        ticketId: item.ticket_id,
        linkId: item.link_id ?? '',
        body: item.body,
        plannedVersion: Number(item.planned_version),
      }))
    },
    record: (operationId, outcomes) => recordOutcomes(trx, workspaceId, operationId, outcomes),
    async pass(operationId, upTo) {
      // primary keys
      await rows(
        trx,
        `update operation_progress p set ended_up_to = ?
          where workspace_id = ? and operation_id = ? and ended_up_to < ?
            and not exists (
              select 1 from operation_item i
               where i.workspace_id = p.workspace_id and i.operation_id = p.operation_id and i.state = 'planned'
                 and i.seq > p.ended_up_to and i.seq <= ?)`,
        [upTo, workspaceId, operationId, upTo, upTo],
      )
    },
    async cancelWaiting(operationId) {
      // primary key
      await rows(
        trx,
        `with ended as (
           update operation_item set state = 'skipped', reason = 'cancelled'
            where workspace_id = ? and operation_id = ? and state = 'planned' returning 1)
         update operation_progress set pending = pending - n, cancelled = cancelled + n
           from (select count(*)::int as n from ended) as counted
          where workspace_id = ? and operation_id = ?`,
        [workspaceId, operationId, workspaceId, operationId],
      )
    },
    async list(operationId, { state, notification, after, limit }) {
      // primary key
      const found = await rows<ItemRow>(
        trx,
        `select * from operation_item where workspace_id = ? and operation_id = ? and seq > ?
            and (? = '' or state = ?) and (? = '' or notification = ?) order by seq limit ?`,
        [workspaceId, operationId, after, state, state, notification, notification, limit],
      )
      return found.map(toItem)
    },
  }
}

const toItem = (row: ItemRow): Item => ({
  seq: row.seq,
  ticketId: row.ticket_id,
  linkId: row.link_id ?? '',
  ticketNumber: Number(row.ticket_number),
  state: row.state,
  reason: row.reason,
  before: row.before,
  after: row.after,
  version: Number(row.version),
  body: row.body,
  moved: row.moved,
  notification: row.notification,
  notificationReason: row.notification_reason,
})

async function insertItems(
  trx: Transaction,
  workspaceId: string,
  operationId: string,
  firstSeq: number,
  items: readonly PlannedItem[],
): Promise<void> {
  if (items.length === 0) return
  await rows(
    trx,
    `insert into operation_item (workspace_id, operation_id, seq, ticket_id, link_id, ticket_number, planned_version,
                                 state, reason, before, after, body)
     select ?, ?, ?::int + at - 1, ticket_id, nullif(link_id, '')::uuid, number, version, state, reason, before, after,
            body
       from unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
                   ?::int[])
         with ordinality as item (ticket_id, link_id, number, version, state, reason, before, after, body, at)`,
    [
      workspaceId,
      operationId,
      firstSeq,
      items.map(({ ticketId }) => ticketId),
      items.map(({ linkId }) => linkId),
      items.map(({ ticketNumber }) => ticketNumber),
      items.map(({ plannedVersion }) => plannedVersion),
      items.map(({ state }) => state),
      items.map(({ reason }) => reason),
      items.map(({ before }) => before),
      items.map(({ after }) => after),
      items.map(({ body }) => body),
    ],
  )
}

async function recordOutcomes(
  trx: Transaction,
  workspaceId: string,
  operationId: string,
  outcomes: readonly ItemOutcome[],
): Promise<EndedItem[]> {
  if (outcomes.length === 0) return []
  // the unique key on ticket_id, kept by `any` whatever the statistics say; a notification's event may have come first and keeps its place
  const ended = await rows<{ ticket_id: string; body: number }>(
    trx,
    `with ended as (
       update operation_item i
          set state = g.state, reason = g.reason, version = g.version, moved = i.moved or g.moved,
              before = case when i.asked or (g.before = '' and g.after = '') then i.before else g.before end,
              after = case when g.before = '' and g.after = '' then i.after else g.after end,
              notification = case when g.notifies and i.notification = '' then 'pending' else i.notification end
         from unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::boolean[], ?::boolean[], ?::text[], ?::text[])
           as g (ticket_id, state, reason, version, notifies, moved, before, after)
        where i.workspace_id = ? and i.operation_id = ? and i.ticket_id = any (?::uuid[])
          and i.ticket_id = g.ticket_id and i.state = 'planned'
       returning i.ticket_id, i.body, new.state, new.reason, (new.notification <> old.notification)::int as owed),
     reasons as (
       insert into operation_failure as known (workspace_id, operation_id, reason, n)
       select ?::uuid, ?::uuid, reason, count(*) from ended where state = 'failed' group by reason
       on conflict (workspace_id, operation_id, reason) do update set n = known.n + excluded.n),
     counted as (
       update operation_progress
          set pending = pending - n, applied = applied + a, skipped = skipped + s, failed = failed + f,
              n_pending = n_pending + owed
         from (select count(*)::int as n, count(*) filter (where state = 'applied')::int as a,
                      count(*) filter (where state = 'skipped')::int as s,
                      count(*) filter (where state = 'failed')::int as f, coalesce(sum(owed), 0)::int as owed
                 from ended) as sums
        where workspace_id = ? and operation_id = ?)
     select ticket_id, body from ended`,
    [
      outcomes.map(({ ticketId }) => ticketId),
      outcomes.map(({ state }) => state),
      outcomes.map(({ reason }) => reason),
      outcomes.map(({ version }) => version),
      outcomes.map(({ notifies }) => notifies),
      outcomes.map(({ moved }) => moved),
      outcomes.map(({ before }) => before),
      outcomes.map(({ after }) => after),
      workspaceId,
      operationId,
      outcomes.map(({ ticketId }) => ticketId),
      workspaceId,
      operationId,
      workspaceId,
      operationId,
    ],
  )
  return ended.map(({ ticket_id, body }) => ({ ticketId: ticket_id, body }))
}
