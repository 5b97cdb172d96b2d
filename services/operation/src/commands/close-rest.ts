import { decideEnd } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { pageOf } from './page.ts'
import type { ApplyPage } from './ports.ts'
import { standingOf } from './standing.ts'

export interface CloseDeps {
  readonly transact: Transact
  readonly applyPage: ApplyPage
  readonly pageSize: number
}

/**
 * Ends what a cancelled operation has left. A page may have been committed by a worker that died before it could write
 * the outcomes down; pages go in order, so only the first of the waiting items can be such. The fence is halted by now:
 * the page is asked for again, changes nothing and tells what had been stored.
 */
export const closeRest =
  ({ transact, applyPage, pageSize }: CloseDeps) =>
  async (workspaceId: string, operation: Operation, complete: boolean): Promise<Operation> => {
    const scope = { workspaceId }
    const waiting = await transact(scope, ({ items }) => items.waiting(operation.id, pageSize))
    const reached = operation.acceptedAt !== null && waiting.length > 0
    const stored = reached ? (await applyPage(pageOf(workspaceId, operation, waiting))).outcomes : []
    return transact(scope, async (session) => {
      await session.operations.hold(operation.id)
      await session.items.record(operation.id, stored)
      await session.items.cancelWaiting(operation.id)
      return endIfDone(session, operation.id, { cancelComplete: complete })
    })
  }

/** Closes and finishes what has come to its end, and tells it once. The caller holds the lock. */
export async function endIfDone(
  { operations }: Session,
  operationId: string,
  also: { readonly cancelComplete?: boolean; readonly armed?: boolean; readonly tell?: boolean } = {},
): Promise<Operation> {
  const operation = await operations.find(operationId)
  if (!operation) throw new Error(`the operation ${operationId} vanished under its lock`)
  const at = await operations.now()
  const end = decideEnd(standingOf(operation, at), {
    pendingItems: operation.items.pending,
    pendingNotifications: operation.notifications.pending,
  })
  const { tell = false, ...noted } = also
  const changes = {
    ...noted,
    state: end.state,
    closedAt: end.closed ? (operation.closedAt ?? at) : null,
    finishedAt: end.finished ? (operation.finishedAt ?? at) : null,
  }
  const moved =
    end.state !== operation.state ||
    end.closed !== (operation.closedAt !== null) ||
    end.finished !== (operation.finishedAt !== null)
  return moved || tell ? operations.save(operation, changes, '') : operations.note(operation, changes)
}
