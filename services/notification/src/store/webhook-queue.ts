import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { EndpointOutcome, MessageOutcome } from '../domain/webhook-attempt.ts'
import type { WebhookMessage } from '../domain/webhook-fact.ts'
import { dropWaiting } from './webhook-store.ts'

/** An endpoint as it is kept; secrets are sealed, the newest first. */
export interface Endpoint {
  readonly id: string
  readonly url: string
  readonly secrets: readonly Uint8Array[]
  /** In a row. */
  readonly failures: number
}

/** A message that is ours to send until its lease runs out. */
export interface LeasedMessage {
  readonly id: string
  /** Counts every lease of the row: what an earlier holder writes no longer counts. */
  readonly epoch: string
  readonly attempt: number
  readonly payload: string
}

export interface MessageResult {
  readonly leased: LeasedMessage
  readonly outcome: MessageOutcome
}

export interface WebhookQueue {
  /** Records what is owed, once; returns how many were not known before. */
  add(messages: readonly WebhookMessage[]): Promise<number>
  /** The endpoint, if it may be sent to now. */
  endpoint(webhookId: string): Promise<Endpoint | undefined>
  /** Up to so many due messages, the longest due first. */
  lease(webhookId: string, owner: string, leaseMs: number, limit: number): Promise<LeasedMessage[]>
  /** Fails up to so many due messages that are older than any schedule lasts. */
  expire(webhookId: string, limit: number): Promise<void>
  /** Writes results where the lease is still ours. */
  record(results: readonly MessageResult[], owner: string): Promise<void>
  /** Writes how an endpoint stands; one that is gone gets nothing more, and what waits for it is skipped. */
  rest(webhookId: string, outcome: EndpointOutcome): Promise<void>
}

export function webhookQueue(trx: Transaction, workspaceId: string): WebhookQueue {
  return {
    add: (messages) => add(trx, workspaceId, messages),
    async endpoint(webhookId) {
      const [found] = await rows<{ url: string; secrets: Buffer[]; failures: number }>(trx, ENDPOINT, [
        workspaceId,
        webhookId,
      ])
      return found && { id: webhookId, ...found }
    },
    lease: (webhookId, owner, leaseMs, limit) =>
      rows<LeasedMessage>(trx, LEASE, [leaseMs, owner, workspaceId, workspaceId, webhookId, limit]),
    async expire(webhookId, limit) {
      await touched(trx, EXPIRE, [workspaceId, workspaceId, webhookId, limit])
    },
    record: (results, owner) => record(trx, workspaceId, results, owner),
    async rest(webhookId, { failures, restMs, gone }) {
      await touched(trx, REST, [failures, restMs, gone, workspaceId, webhookId])
      if (gone) await dropWaiting(trx, workspaceId, webhookId, 'webhook-gone')
    },
  }
}

async function add(trx: Transaction, workspaceId: string, messages: readonly WebhookMessage[]): Promise<number> {
  if (messages.length === 0) return 0
  const column = (name: keyof WebhookMessage) => messages.map((message) => message[name])
  return touched(
    trx,
    `insert into webhook_message (workspace_id, id, webhook_id, ticket_id, operation_id, type, payload, state, due_at)
     select ?::uuid, *, 'pending', clock_timestamp()
       from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[])
         on conflict do nothing`,
    [
      workspaceId,
      column('id'),
      column('webhookId'),
      column('ticketId'),
      column('operationId'),
      column('type'),
      column('payload'),
    ],
  )
}

const ENDPOINT = `
  select url, failures, array[secret] || case when old_secret_ends_at > statement_timestamp() then array[old_secret]
         else '{}' end as secrets
    from webhook
   where workspace_id = ? and id = ? and state = 'enabled' and (rests_until is null or rests_until <= statement_timestamp())`

// 80 h: past the ten steps of the schedule. An endpoint that is down for days has its few probes; all else must end too
const EXPIRE = `
  update webhook_message m set state = 'failed', reason = 'retries-exhausted', due_at = null
   where m.workspace_id = ? and m.id = any(array(
     select d.id from webhook_message d
      where d.workspace_id = ? and d.webhook_id = ? and d.due_at <= statement_timestamp()
        and d.created_at < statement_timestamp() - interval '80 hours' limit ? for update skip locked))`

// served by webhook_message_due; a lease that ran out is due again: an endpoint knows what it had by the message's id
const LEASE = `
  update webhook_message m
     set state = 'leased', due_at = clock_timestamp() + ? * interval '1 millisecond', lease_owner = ?,
         lease_epoch = m.lease_epoch + 1, attempts = m.attempts + 1
   where m.workspace_id = ? and m.id = any(array(
     select d.id from webhook_message d
      where d.workspace_id = ? and d.webhook_id = ? and d.due_at <= statement_timestamp()
      order by d.due_at limit ? for update skip locked))
  returning m.id, m.lease_epoch::text as epoch, m.attempts as attempt, m.payload`

const RECORD = `
  with result as (
    select * from unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[])
      as r (id, epoch, state, reason, delay_ms, delivery, detail)),
  counted as (
    update webhook_message m
       set state = r.state, reason = r.reason, lease_owner = null,
           due_at = clock_timestamp() + r.delay_ms * interval '1 millisecond',
           attempts = m.attempts - case when r.delivery is null then 1 else 0 end
      from result r
     where m.workspace_id = ? and m.id = any(?::uuid[]) and m.id = r.id and m.lease_epoch = r.epoch
       and m.lease_owner = ? and m.state = 'leased'
    returning m.id, m.attempts, r.delivery, r.detail)
  insert into webhook_delivery (workspace_id, message_id, attempt, result, detail)
  select ?::uuid, id, attempts, delivery, detail from counted where delivery is not null on conflict do nothing`

async function record(trx: Transaction, workspaceId: string, results: readonly MessageResult[], owner: string) {
  if (results.length === 0) return
  const outcomes = results.map(({ outcome }) => outcome)
  await touched(trx, RECORD, [
    results.map(({ leased }) => leased.id),
    results.map(({ leased }) => leased.epoch),
    outcomes.map(({ state }) => state),
    outcomes.map(({ reason }) => reason),
    outcomes.map(({ delayMs }) => delayMs),
    outcomes.map(({ delivery }) => delivery?.result ?? null),
    outcomes.map(({ delivery }) => delivery?.detail ?? null),
    workspaceId,
    results.map(({ leased }) => leased.id),
    owner,
    workspaceId,
  ])
}

const REST = `
  update webhook
     set failures = ?, rests_until = clock_timestamp() + ?::bigint * interval '1 millisecond',
         state = case when ? then 'gone' else state end
   where workspace_id = ? and id = ?`
