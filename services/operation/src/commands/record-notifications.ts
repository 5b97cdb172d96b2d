import type { Scope } from '@umbel/messaging'
import type { NotificationOutcome } from '../store/notification-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { EndIfDone } from './end-operation.ts'

/**
 * What became of the notifications that children are owed, as notification tells it: many at once, each item counted
 * once. The last one to end finishes its operation.
 */
export const recordNotifications =
  ({ transact, endIfDone }: { readonly transact: Transact; readonly endIfDone: EndIfDone }) =>
  (scope: Scope, told: readonly NotificationOutcome[]): Promise<void> =>
    transact(scope, async (session) => {
      const latest = latestPerItem(told)
      const known = new Set(await session.notifications.lockOperations([...new Set(latest.map(operationOf))]))
      if (known.size === 0) return
      const moved = await session.notifications.record(latest.filter((outcome) => known.has(operationOf(outcome))))
      await session.changes.raise(moved.map(operationOf))
      for (const { operationId, pending } of moved) if (pending === 0) await endIfDone(session, operationId)
    })

const operationOf = ({ operationId }: { readonly operationId: string }) => operationId

/** The last word on each item: events of one operation come in order. */
function latestPerItem(told: readonly NotificationOutcome[]): NotificationOutcome[] {
  const latest = new Map<string, NotificationOutcome>()
  for (const outcome of told) {
    const key = `${outcome.operationId}/${outcome.ticketId}`
    if (outcome.state !== 'pending' || !latest.has(key)) latest.set(key, outcome)
  }
  return [...latest.values()]
}
