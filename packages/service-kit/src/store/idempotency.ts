import { conflict, type KeyedWrite, refused } from '@umbel/kernel'
import type { Transaction } from '@umbel/messaging'
import type { Knex } from 'knex'
import { secureTables } from './policies.ts'

/** The table behind `answerOnce`, for a service's migration. */
export async function idempotencyTable(knex: Knex, service: string): Promise<void> {
  await knex.raw(`
    create table idempotency_key (
      workspace_id uuid not null, actor_id text not null, rpc text not null, key text not null,
      digest bytea not null, answer bytea not null, created_at timestamptz not null default clock_timestamp(),
      primary key (workspace_id, actor_id, rpc, key));
    create index idempotency_key_age on idempotency_key (workspace_id, created_at)`)
  await secureTables(knex, service, ['idempotency_key'])
}

/**
 * Does the work once and stores its answer in the same transaction; a repeat gets the stored answer. Throws `refused`
 * (`idempotency-key-reused`) for the same key with another digest and `conflict` (`idempotency-key-running`) while the
 * first is under way. A write that fails stores nothing.
 */
export async function answerOnce(
  trx: Transaction,
  { workspaceId, actorId, rpc, key, digest }: KeyedWrite,
  work: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (key === '') return work()
  const name = [workspaceId, actorId, rpc, key].join('\u0001')
  const { rows: lock } = await trx.raw<{ rows: { got: boolean }[] }>(
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as got',
    [name],
  )
  if (lock[0]?.got !== true) throw conflict('idempotency-key-running', 'the first call with this key is still running')
  const stored = await storedAnswer(trx, { workspaceId, actorId, rpc, key, digest })
  if (stored !== undefined) return stored
  const answer = await work()
  await trx.raw(
    'insert into idempotency_key (workspace_id, actor_id, rpc, key, digest, answer) values (?, ?, ?, ?, ?, ?)',
    [workspaceId, actorId, rpc, key, Buffer.from(digest), Buffer.from(answer)],
  )
  return answer
}

/** What the write was answered before, if it was; refuses the same key with another digest. */
export async function storedAnswer(
  trx: Transaction,
  { workspaceId, actorId, rpc, key, digest }: KeyedWrite,
): Promise<Uint8Array | undefined> {
  if (key === '') return undefined
  const { rows } = await trx.raw<{ rows: { digest: Buffer; answer: Buffer }[] }>(
    'select digest, answer from idempotency_key where workspace_id = ? and actor_id = ? and rpc = ? and key = ?',
    [workspaceId, actorId, rpc, key],
  )
  const [stored] = rows
  if (stored === undefined) return undefined
  if (!stored.digest.equals(Buffer.from(digest)))
    throw refused('idempotency-key-reused', 'this idempotency key was used for another request')
  return stored.answer
}

/** Forgets the keys of a workspace that are older than 72 hours; returns how many. */
export async function sweepIdempotencyKeys(trx: Transaction, workspaceId: string): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    "delete from idempotency_key where workspace_id = ? and created_at < statement_timestamp() - interval '72 hours'",
    [workspaceId],
  )
  return rowCount
}
