import type { Transaction } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import { type NotificationState, notificationStates } from '../domain/operation.ts'

/** What became of the notification that one child of one operation is owed. */
export interface NotificationOutcome {
  readonly operationId: string
  readonly ticketId: string
  readonly state: NotificationState
  readonly reason: string
}

export interface MovedOperation {
  readonly operationId: string
  readonly pending: number
}

export interface NotificationStore {
  /** Which of these operations exist, each under its row lock, taken in id order. */
  lockOperations(operationIds: readonly string[]): Promise<string[]>
  /**
   * Moves items and counters, at most one outcome for an item; said again it moves nothing. Returns the operations that
   * moved and how many notifications each still waits for.
   */
  record(outcomes: readonly NotificationOutcome[]): Promise<MovedOperation[]>
}

const delta = (word: NotificationState) =>
  `n_${word} = n_${word} + (select (count(*) filter (where now = '${word}')
                                  - count(*) filter (where before = '${word}'))::int
                              from moved m where m.operation_id = p.operation_id)`

export const notificationStore = (trx: Transaction, workspaceId: string): NotificationStore => ({
  async lockOperations(operationIds) {
    // primary key, in id order: two batches cannot wait for each other
    const found = await rows<{ operation_id: string }>(
      trx,
      `select operation_id from operation where workspace_id = ? and operation_id = any (?::uuid[])
        order by operation_id for update`,
      [workspaceId, operationIds],
    )
    return found.map(({ operation_id }) => operation_id)
  },
  async record(outcomes) {
    // the unique key on ticket_id, kept by `any` whatever the statistics say; `pending` is where a notification begins and never where it goes back to
    const operationIds = [...new Set(outcomes.map(({ operationId }) => operationId))]
    const found = await rows<{ operation_id: string; n_pending: number }>(
      trx,
      `with moved as (
         update operation_item i set notification = g.state, notification_reason = g.reason
           from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[]) as g (operation_id, ticket_id, state, reason)
          where i.workspace_id = ? and i.operation_id = any (?::uuid[]) and i.ticket_id = any (?::uuid[])
            and i.operation_id = g.operation_id and i.ticket_id = g.ticket_id
            and i.notification <> g.state and (g.state <> 'pending' or i.notification = '')
         returning i.operation_id, old.notification as before, new.notification as now)
       update operation_progress p set ${notificationStates.map(delta).join(', ')}
        where p.workspace_id = ? and p.operation_id = any (array(select operation_id from moved))
       returning p.operation_id, p.n_pending`,
      [
        outcomes.map(({ operationId }) => operationId),
        outcomes.map(({ ticketId }) => ticketId),
        outcomes.map(({ state }) => state),
        outcomes.map(({ reason }) => reason),
        workspaceId,
        operationIds,
        outcomes.map(({ ticketId }) => ticketId),
        workspaceId,
      ],
    )
    return found.map(({ operation_id, n_pending }) => ({ operationId: operation_id, pending: n_pending }))
  },
})
