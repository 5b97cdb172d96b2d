import { textArray } from '../binary-arrays.ts'
import type { Transaction } from '../transaction.ts'

/** One event of a sender that gives no versions. */
export interface Identified {
  readonly source: string
  readonly eventId: string
}

/** Remembers events by their sender's id, in one statement; says of each whether it is new. */
export async function takeInbox(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  events: readonly Identified[],
): Promise<boolean[]> {
  const { rows } = await trx.raw<{ rows: { source: string; event_id: string }[] }>(
    `insert into inbox (workspace_id, consumer, source, event_id)
     select distinct ?::uuid, ?, source, event_id from unnest(?::text[], ?::text[]) as took (source, event_id)
      order by source, event_id
         on conflict do nothing
     returning source, event_id`,
    [
      workspaceId,
      consumer,
      textArray(events.map(({ source }) => source)),
      textArray(events.map(({ eventId }) => eventId)),
    ],
  )
  const fresh = new Set(rows.map((row) => nameOf(row.source, row.event_id)))
  return events.map(({ source, eventId }) => fresh.delete(nameOf(source, eventId)))
}

const nameOf = (source: string, eventId: string): string => `${source}\u0000${eventId}`

/** Forgets a workspace's inbox rows that came more than 14 days ago; returns how many. */
export async function sweepInbox(trx: Transaction, workspaceId: string): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    "delete from inbox where workspace_id = ? and received_at < statement_timestamp() - interval '14 days'",
    [workspaceId],
  )
  return rowCount
}
