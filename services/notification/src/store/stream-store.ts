import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { State } from '../domain/notification.ts'

/** A notification that came to its end. */
export interface Change {
  readonly id: string
  readonly ticketId: string
  readonly channel: string
  readonly operationId: string | null
  readonly step: number
  readonly cause: Uint8Array
  readonly state: State
  readonly reason: string
  readonly attempts: number
}

/** A change with its place in its ticket's stream, at the database's time. */
export interface VersionedChange extends Change {
  readonly version: number
  readonly at: Date
}

/** Says versioned changes to the world, in the transaction that makes them. */
export type TellChanges = (trx: Transaction, workspaceId: string, changes: readonly VersionedChange[]) => Promise<void>

/** Gives each change the next version of its ticket's stream, set-based and gap-free, and tells all of them. */
export async function record(
  trx: Transaction,
  workspaceId: string,
  tell: TellChanges,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return
  const next = await advance(trx, workspaceId, changes)
  await tell(
    trx,
    workspaceId,
    changes.map((change) => {
      const place = next.get(change.ticketId)
      if (place === undefined) throw new Error('a stream was not advanced')
      place.version += 1
      return { ...change, version: place.version, at: place.at }
    }),
  )
}

/** Where each ticket's stream stood before; its row stays locked until the commit. Locks are taken in key order. */
async function advance(trx: Transaction, workspaceId: string, changes: readonly Change[]) {
  const counts = new Map<string, number>()
  for (const { ticketId } of changes) counts.set(ticketId, (counts.get(ticketId) ?? 0) + 1)
  const found = await rows<{ stream_key: string; before: string; at: Date }>(
    trx,
    `insert into stream as s (workspace_id, stream_key, version)
     select ?::uuid, 'notifications:' || ticket_id, n from unnest(?::text[], ?::int[]) as c (ticket_id, n) order by 2
         on conflict (workspace_id, stream_key) do update set version = s.version + excluded.version
     returning stream_key, (coalesce(old.version, 0))::text as before, clock_timestamp() as at`,
    [workspaceId, [...counts.keys()], [...counts.values()]],
  )
  const prefix = 'notifications:'.length
  return new Map(found.map(({ stream_key, before, at }) => [stream_key.slice(prefix), { version: Number(before), at }]))
}
