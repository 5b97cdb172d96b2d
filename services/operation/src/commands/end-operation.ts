import { decideEnd, type EndDecision } from '../domain/control.ts'
import { isUnmoved, type Operation } from '../domain/operation.ts'
import type { Changes } from '../store/operation-store.ts'
import type { Session } from '../store/unit-of-work.ts'
import { standingOf } from './standing.ts'

/** What is noted beside an end; `tell` also where nothing has ended. */
export type AlsoNoted = Pick<Changes, 'cancelComplete' | 'armed' | 'pageDueAt'> & { readonly tell?: boolean }

/** Closes and finishes what has come to its end, and tells it once. The caller holds the lock. */
export type EndIfDone = (session: Session, operationId: string, also?: AlsoNoted) => Promise<Operation>

/** `dayMs`: how long the days last that customers have to answer. */
export const endIfDone =
  (dayMs: number): EndIfDone =>
  async ({ operations }, operationId, also = {}) => {
    const [operation, at] = await Promise.all([operations.find(operationId), operations.now()])
    if (!operation) throw new Error(`the operation ${operationId} vanished under its lock`)
    const before = standingOf(operation, at)
    const end = decideEnd(before, {
      pendingItems: operation.items.pending,
      appliedItems: operation.items.applied,
      pendingNotifications: operation.notifications.pending,
    })
    const { tell = false, ...noted } = also
    const changes = { ...noted, ...changesOf(operation, end, at, dayMs) }
    const moved =
      end.state !== before.state ||
      end.asked !== before.asked ||
      end.closed !== before.closed ||
      end.finished !== before.finished
    return moved || tell ? operations.save(operation, changes, '') : operations.note(operation, changes)
  }

function changesOf(operation: Operation, end: EndDecision, at: Date, dayMs: number): Changes {
  const waitingUntil = new Date(at.getTime() + operation.change.confirmToCloseDays * dayMs)
  return {
    state: end.state,
    closedAt: end.closed ? (operation.closedAt ?? at) : null,
    finishedAt: end.finished ? (operation.finishedAt ?? at) : null,
    ...(end.asked && operation.waitingUntil === null && { waitingUntil }),
    ...(end.closed && { watchAt: null }),
    // done without a conductor, and nobody wanted anything else meanwhile: there is nothing to carry on
    ...(end.closed &&
      operation.launchedAt === null &&
      operation.state === 'running' &&
      isUnmoved(operation) && { attentionAt: null }),
  }
}
