import { textArray } from '../binary-arrays.ts'
import type { Transaction } from '../transaction.ts'

/** One event of a versioned stream. */
export interface Versioned {
  readonly streamKey: string
  readonly version: number
}

/** Whether an event is new to the consumer, was handled already, or came with earlier ones missing. */
export type Seen = 'fresh' | 'repeat' | 'gap'

/**
 * Moves a consumer's place in each stream to the highest version given, in one statement, and says of each event what
 * it is. Rows are locked in key order. A version not above the stored one is a repeat for ever.
 */
export async function moveSeen(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  events: readonly Versioned[],
): Promise<Seen[]> {
  const highest = new Map<string, number>()
  for (const { streamKey, version } of events) highest.set(streamKey, Math.max(version, highest.get(streamKey) ?? 0))
  const { rows } = await trx.raw<{ rows: { key: string; before: string | null }[] }>(
    `insert into stream_seen (workspace_id, consumer, stream_key, version)
     select ?::uuid, ?, key, version from unnest(?::text[], ?::bigint[]) as moved (key, version) order by key
         on conflict (workspace_id, consumer, stream_key) do update set version = excluded.version
      where stream_seen.version < excluded.version
     returning stream_key as key, old.version::text as before`,
    [workspaceId, consumer, textArray([...highest.keys()]), [...highest.values()]],
  )
  const place = new Map(rows.map(({ key, before }) => [key, Number(before ?? 0)]))
  return events.map(({ streamKey, version }) => {
    const before = place.get(streamKey)
    if (before === undefined || version <= before) return 'repeat'
    place.set(streamKey, version)
    return version === before + 1 ? 'fresh' : 'gap'
  })
}
