import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import { type Change, type Ending, endingsOf } from '../domain/ending.ts'

/** An event's place in its stream, at the database's time. */
export interface PlacedEnding extends Ending {
  readonly version: number
  readonly at: Date
}

/** Says placed endings to the world, in the transaction that makes them. */
export type TellEndings = (trx: Transaction, workspaceId: string, endings: readonly PlacedEnding[]) => Promise<void>

/** Gives what is told together the next version of its stream, set-based and gap-free, and tells all of it. */
export async function record(
  trx: Transaction,
  workspaceId: string,
  tell: TellEndings,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return
  const endings = endingsOf(changes)
  const next = await advance(trx, workspaceId, endings)
  await tell(
    trx,
    workspaceId,
    endings.map((ending) => {
      const place = next.get(ending.streamKey)
      if (place === undefined) throw new Error('a stream was not advanced')
      place.version += 1
      return { ...ending, version: place.version, at: place.at }
    }),
  )
}

/** Where each stream stood before; its row stays locked until the commit. Locks are taken in key order. */
async function advance(trx: Transaction, workspaceId: string, endings: readonly Ending[]) {
  const counts = new Map<string, number>()
  for (const { streamKey } of endings) counts.set(streamKey, (counts.get(streamKey) ?? 0) + 1)
  const found = await rows<{ stream_key: string; before: string; at: Date }>(
    trx,
    `insert into stream as s (workspace_id, stream_key, version)
     select ?::uuid, stream_key, n from unnest(?::text[], ?::int[]) as c (stream_key, n) order by 2
         on conflict (workspace_id, stream_key) do update set version = s.version + excluded.version
     returning stream_key, (coalesce(old.version, 0))::text as before, clock_timestamp() as at`,
    [workspaceId, [...counts.keys()], [...counts.values()]],
  )
  return new Map(found.map(({ stream_key, before, at }) => [stream_key, { version: Number(before), at }]))
}
