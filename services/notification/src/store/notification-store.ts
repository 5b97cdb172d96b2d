import { byteaArray, type Transaction, uuidArray } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { Raised } from '../domain/notification.ts'
import { record, type TellEndings } from './stream-store.ts'

export interface NotificationStore {
  /** Records what is owed, once; tells of what ended as it was recorded. Returns how many were not known before. */
  add(raised: readonly Raised[]): Promise<number>
}

export function notificationStore(trx: Transaction, workspaceId: string, tell: TellEndings): NotificationStore {
  return {
    async add(raised) {
      if (raised.length === 0) return 0
      const added = new Set(await insert(trx, workspaceId, raised))
      // the same notification may be raised twice in one batch
      const fresh = raised.filter(({ id }) => added.delete(id))
      const ended = fresh.filter(({ state }) => state !== 'pending')
      await record(
        trx,
        workspaceId,
        tell,
        ended.map((row) => ({ ...row, attempts: 0 })),
      )
      return fresh.length
    },
  }
}

async function insert(trx: Transaction, workspaceId: string, raised: readonly Raised[]): Promise<string[]> {
  const column = <K extends keyof Raised>(name: K) => raised.map((row) => row[name])
  const found = await rows<{ id: string }>(
    trx,
    `insert into notification (workspace_id, id, ticket_id, comment_id, recipient_id, channel, cause_id, operation_id,
       step, cause, state, reason, due_at)
     select ?::uuid, id, ticket_id, comment_id, recipient_id, channel, cause_id, operation_id, step, cause, state,
       reason, case when state = 'pending' then clock_timestamp() end
       from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::uuid[], ?::uuid[], ?::int[], ?::bytea[],
         ?::text[], ?::text[]) as row (id, ticket_id, comment_id, recipient_id, channel, cause_id, operation_id, step,
         cause, state, reason)
         on conflict do nothing
     returning id`,
    [
      workspaceId,
      uuidArray(column('id')),
      uuidArray(column('ticketId')),
      uuidArray(column('commentId')),
      uuidArray(column('recipientId')),
      column('channel'),
      uuidArray(column('causeId')),
      column('operationId'),
      column('step'),
      byteaArray(column('cause')),
      column('state'),
      column('reason'),
    ],
  )
  return found.map(({ id }) => id)
}
