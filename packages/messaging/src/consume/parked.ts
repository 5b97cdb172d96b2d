import { textArray } from '../binary-arrays.ts'
import type { Received } from '../message.ts'
import type { Transaction } from '../transaction.ts'
import { fromStored, type StoredMessage, toStored } from './stored-message.ts'

/** A key whose messages wait, in order, until the first of them can be handled. */
export interface ParkedKey {
  readonly workspaceId: string
  readonly consumer: string
  readonly key: string
}

const LONGEST_S = 60

/** Which of these keys are parked. Their rows are locked against the drainer, so that nobody overtakes. */
export async function parkedAmong(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const { rows } = await trx.raw<{ rows: { key: string }[] }>(
    `select key from parked_key where workspace_id = ? and consumer = ? and key = any (?::text[])
      order by key for update`,
    [workspaceId, consumer, textArray([...new Set(keys)])],
  )
  return new Set(rows.map(({ key }) => key))
}

/** Parks a key, if it is not parked yet, and puts the message behind what waits there. */
export async function park(
  trx: Transaction,
  { workspaceId, consumer, key }: ParkedKey,
  message: Received,
  reason: string,
): Promise<void> {
  await trx.raw(
    `insert into parked_key (workspace_id, consumer, key, due_at, reason)
     values (?, ?, ?, clock_timestamp() + interval '1 second', ?)
         on conflict (workspace_id, consumer, key) do update set reason = excluded.reason`,
    [workspaceId, consumer, key, reason],
  )
  await appendParked(trx, workspaceId, consumer, [message])
}

/** Puts messages of parked keys behind what waits there. */
export async function appendParked(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  messages: readonly Received[],
): Promise<void> {
  const stored = messages.map(toStored)
  await trx.raw(
    `insert into parked_message (workspace_id, consumer, key, message, value)
     select ?::uuid, ?, key, message, value
       from unnest(?::text[], ?::jsonb[], ?::bytea[]) with ordinality as row (key, message, value, at) order by at`,
    [
      workspaceId,
      consumer,
      messages.map(({ key }) => key),
      stored.map(({ message }) => JSON.stringify(message)),
      stored.map(({ value }) => value),
    ],
  )
}

/** Locks a parked key; false when somebody else drained it. */
export async function lockParked(trx: Transaction, { workspaceId, consumer, key }: ParkedKey): Promise<boolean> {
  const keys = await parkedAmong(trx, workspaceId, consumer, [key])
  return keys.has(key)
}

/** The first message that waits under the key. */
export async function firstParked(
  trx: Transaction,
  { workspaceId, consumer, key }: ParkedKey,
): Promise<{ readonly seq: string; readonly message: Received } | undefined> {
  const { rows } = await trx.raw<{ rows: (StoredMessage & { seq: string })[] }>(
    `select seq::text, message, value from parked_message
      where workspace_id = ? and consumer = ? and key = ? order by parked_message.seq limit 1`,
    [workspaceId, consumer, key],
  )
  const [row] = rows
  return row === undefined ? undefined : { seq: row.seq, message: fromStored(row) }
}

export async function removeParked(
  trx: Transaction,
  { workspaceId, consumer, key }: ParkedKey,
  seq: string,
): Promise<void> {
  await trx.raw('delete from parked_message where workspace_id = ? and consumer = ? and key = ? and seq = ?', [
    workspaceId,
    consumer,
    key,
    seq,
  ])
}

/** Nothing waits any more: the key's next message takes the ordinary way. */
export async function unpark(trx: Transaction, { workspaceId, consumer, key }: ParkedKey): Promise<void> {
  await trx.raw('delete from parked_key where workspace_id = ? and consumer = ? and key = ?', [
    workspaceId,
    consumer,
    key,
  ])
}

/** Tries the key again later: after 1 s, doubling to a minute. */
export async function postpone(
  trx: Transaction,
  { workspaceId, consumer, key }: ParkedKey,
  reason: string,
): Promise<void> {
  await trx.raw(
    `update parked_key
        set attempts = attempts + 1, reason = ?,
            due_at = clock_timestamp() + least(?, power(2, least(attempts, 10))) * interval '1 second'
      where workspace_id = ? and consumer = ? and key = ?`,
    [reason, LONGEST_S, workspaceId, consumer, key],
  )
}

/** Keys of these consumers that are due, over all workspaces, the longest waiting first; as the claimer. */
export async function dueKeys(
  trx: Transaction,
  consumers: readonly string[],
  everything: boolean,
): Promise<ParkedKey[]> {
  const { rows } = await trx.raw<{ rows: { workspace_id: string; consumer: string; key: string }[] }>(
    `select workspace_id, consumer, key from parked_key
      where consumer = any (?::text[]) and (due_at <= statement_timestamp() or ?) order by due_at limit 1000`,
    [[...consumers], everything],
  )
  return rows.map((row) => ({ workspaceId: row.workspace_id, consumer: row.consumer, key: row.key }))
}

/** Whether any key of these consumers is parked, in any workspace; as the claimer. */
export async function anyParked(trx: Transaction, consumers: readonly string[]): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    'select 1 from parked_key where consumer = any (?::text[]) limit 1',
    [[...consumers]],
  )
  return rows.length > 0
}
