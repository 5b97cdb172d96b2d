import { byteaArray, jsonbArray, textArray, uuidArray } from '../binary-arrays.ts'
import type { OutgoingEvent } from '../cloud-event.ts'
import { eventHeaders } from '../cloud-event.ts'
import type { Transaction } from '../transaction.ts'

/** A message to be published once the transaction has committed. */
export interface OutboxMessage {
  readonly workspaceId: string
  readonly topic: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

export const OUTBOX_CHANNEL = 'umbel_outbox'

/** An event as an outbox row. */
export const outgoing = (topic: string, key: string, event: OutgoingEvent): OutboxMessage => ({
  workspaceId: event.workspace,
  topic,
  key,
  headers: eventHeaders(event),
  value: event.data,
})

/**
 * Puts messages into the outbox: one statement, in the order given, and one wake-up however many transactions ask. The
 * caller holds the lock on whatever the message's key names, or order is lost.
 */
export async function appendToOutbox(trx: Transaction, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return
  await trx.raw(
    `with added as (
       insert into outbox (workspace_id, shard, topic, key, headers, value)
       select workspace_id, (hashtext(key) & 7), topic, key, headers, value
         from unnest(?::uuid[], ?::text[], ?::text[], ?::jsonb[], ?::bytea[]) with ordinality
           as row (workspace_id, topic, key, headers, value, at)
        order by at)
     select pg_notify('${OUTBOX_CHANNEL}', '')`,
    [
      uuidArray(messages.map(({ workspaceId }) => workspaceId)),
      textArray(messages.map(({ topic }) => topic)),
      textArray(messages.map(({ key }) => key)),
      jsonbArray(messages.map(({ headers }) => JSON.stringify(headers))),
      byteaArray(messages.map(({ value }) => value)),
    ],
  )
}
