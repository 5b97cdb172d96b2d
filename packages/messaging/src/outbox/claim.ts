import type { Message } from '../message.ts'
import type { Statements } from '../transaction.ts'

/** A shard that a relay owns, under the epoch it got it with. */
export interface OwnedShard {
  readonly shard: number
  readonly epoch: string
}

/** A row that waits to be published. */
export interface OutboxRow extends Message {
  readonly pos: string
}

const LEASE = "interval '3 seconds'"

/** Takes the shards whose lease has run out and renews those it has; each new owner gets a new epoch. */
export async function leaseShards(trx: Statements, owner: string): Promise<OwnedShard[]> {
  const { rows } = await trx.raw<{ rows: OwnedShard[] }>(
    `update relay_shard
        set owner = ?, epoch = epoch + (owner <> ?)::int, lease_until = clock_timestamp() + ${LEASE}
      where shard = any (array(
        select shard from relay_shard where owner = ? or lease_until < statement_timestamp() for update skip locked))
      returning shard, epoch::text`,
    [owner, owner, owner],
  )
  return rows
}

/** Lets the shards go at once, so that the next relay need not wait for the lease. */
export async function releaseShards(trx: Statements, owner: string): Promise<void> {
  await trx.raw('update relay_shard set lease_until = clock_timestamp() where owner = ?', [owner])
}

/**
 * The next rows of these shards by position. There is no cursor: a row that commits late is simply still there on the
 * next read, and the lock on what its key names has kept it behind the earlier rows of that key.
 */
export async function nextRows(trx: Statements, shards: readonly OwnedShard[], limit: number): Promise<OutboxRow[]> {
  const { rows } = await trx.raw<{ rows: OutboxRow[] }>(
    // served by outbox_pos; bare, pos would be the text in front of it, and 10 would come before 9
    'select pos::text, topic, key, headers, value from outbox where shard = any (?::smallint[]) order by outbox.pos limit ?',
    [shards.map(({ shard }) => shard), limit],
  )
  return rows
}

/** Deletes what was published, of the shards still owned under their epoch; returns how many rows went. */
export async function clearRows(
  trx: Statements,
  owner: string,
  shards: readonly OwnedShard[],
  rows: readonly OutboxRow[],
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `with still as materialized (
       select s.shard from relay_shard s
         join unnest(?::smallint[], ?::bigint[]) as mine (shard, epoch) on mine.shard = s.shard and mine.epoch = s.epoch
        where s.owner = ? for share of s)
     delete from outbox where pos = any (?::bigint[]) and shard = any (array(select shard from still))`,
    [shards.map(({ shard }) => shard), shards.map(({ epoch }) => epoch), owner, rows.map(({ pos }) => pos)],
  )
  return rowCount
}

/** How many rows wait, and for how long the oldest has, in seconds. */
export async function outboxDepth(trx: Statements): Promise<{ readonly rows: number; readonly ageS: number }> {
  const { rows } = await trx.raw<{ rows: { rows: number; age: number }[] }>(
    `select count(*)::int as rows, coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8 as age
       from outbox`,
  )
  return { rows: rows[0]?.rows ?? 0, ageS: rows[0]?.age ?? 0 }
}
