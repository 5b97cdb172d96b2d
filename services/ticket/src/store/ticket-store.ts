import { notFound } from '@umbel/kernel'
import { type Transaction, textArray, uuidArray } from '@umbel/messaging'
import { row, rows, touched } from '@umbel/service-kit/store'
import type { Change } from '../domain/change.ts'
import type { Ticket } from '../domain/ticket.ts'
import { CLOCK } from './micros.ts'
import { columnsWithoutFields, type TicketRow, ticketColumns, toTicket } from './ticket-row.ts'

/** A ticket under its row lock, and the instant its next step is recorded at (microseconds, above the last). */
export interface Locked {
  readonly ticket: Ticket
  readonly recordedAt: number
  readonly at: Date
}

export interface TicketStore {
  /** Locks the row until the end of the transaction; `not-found` where there is none in this workspace. */
  lock(id: string): Promise<Locked>
  /** Locks in id order, so that two callers cannot deadlock; missing ones are left out. */
  lockMany(ids: readonly string[]): Promise<ReadonlyMap<string, Locked>>
  /** The same for what moves no form fields: they are not read. */
  lockPage(ids: readonly string[]): Promise<ReadonlyMap<string, Locked>>
  /** Of locked ones: the version of their master that these fields were synced with, where no later one was. */
  markSynced(ids: readonly string[], fields: readonly string[], masterVersion: number): Promise<void>
  exists(id: string): Promise<boolean>
  /** The database's clock, in microseconds. */
  clock(): Promise<number>
  /** The first of `count` fresh numbers in a row. */
  takeNumbers(count: number): Promise<number>
  /** One version, one audit entry and one event for each change; in the order given. */
  save(changes: readonly Change[]): Promise<void>
}

export type SaveChanges = (trx: Transaction, workspaceId: string, changes: readonly Change[]) => Promise<void>

export function ticketStore(trx: Transaction, workspaceId: string, saveChanges: SaveChanges): TicketStore {
  const store: TicketStore = {
    async lock(id) {
      const found = (await store.lockMany([id])).get(id)
      if (!found) throw notFound('not-found', 'no such ticket in this workspace')
      return found
    },
    lockMany: (ids) => lockTickets(trx, workspaceId, ids, ticketColumns),
    lockPage: (ids) => lockTickets(trx, workspaceId, ids, columnsWithoutFields),
    markSynced: (ids, fields, masterVersion) => markSynced(trx, workspaceId, ids, fields, masterVersion),
    exists: async (id) =>
      (await touched(trx, `select 1 from ticket where workspace_id = ? and ticket_id = ?`, [workspaceId, id])) > 0,
    clock: async () => Number((await row<{ now: string }>(trx, `select ${CLOCK} as now`))?.now),
    takeNumbers: (count) => takeNumbers(trx, workspaceId, count),
    save: (changes) => saveChanges(trx, workspaceId, changes),
  }
  return store
}

// primary key
async function markSynced(
  trx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  fields: readonly string[],
  masterVersion: number,
): Promise<void> {
  if (ids.length === 0 || fields.length === 0) return
  await touched(
    trx,
    `update ticket set synced_versions = synced_versions || (
       select coalesce(jsonb_object_agg(field, ?::bigint), '{}') from unnest(?::text[]) as field
        where coalesce((synced_versions ->> field)::bigint, 0) < ?::bigint)
     where workspace_id = ? and ticket_id = any(?::uuid[])`,
    [masterVersion, textArray(fields), masterVersion, workspaceId, uuidArray(ids)],
  )
}

interface LockedRow extends TicketRow {
  readonly recorded: string
  readonly now: string
}

// primary key; the clock is read outside the CTE, hence after each row's lock
async function lockTickets(
  trx: Transaction,
  workspaceId: string,
  ids: readonly string[],
  columns: string,
): Promise<ReadonlyMap<string, Locked>> {
  const found = await rows<LockedRow>(
    trx,
    `with locked as materialized (
       select ${columns}, (extract(epoch from recorded_at) * 1000000)::bigint as recorded
       from ticket where workspace_id = ? and ticket_id = any(?::uuid[])
       order by ticket_id for no key update)
     select locked.*, ${CLOCK} as now from locked`,
    [workspaceId, uuidArray(ids)],
  )
  return new Map(found.map((locked) => [locked.ticket_id, toLocked(locked)]))
}

function toLocked(locked: LockedRow): Locked {
  const now = Number(locked.now)
  return {
    ticket: toTicket(locked),
    recordedAt: Math.max(Number(locked.recorded) + 1, now),
    at: new Date(Math.floor(now / 1000)),
  }
}

// primary key of ticket_counter; the row lock makes numbers gap-free
async function takeNumbers(trx: Transaction, workspaceId: string, count: number): Promise<number> {
  const taken = await row<{ first: string }>(
    trx,
    `insert into ticket_counter (workspace_id, next) values (?, 1 + ?::bigint)
     on conflict (workspace_id) do update set next = ticket_counter.next + ?::bigint
     returning next - ?::bigint as first`,
    [workspaceId, count, count, count],
  )
  return Number(taken?.first)
}
