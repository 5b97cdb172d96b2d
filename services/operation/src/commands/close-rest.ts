import type { Operation } from '../domain/operation.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { EndIfDone } from './end-operation.ts'
import { pageOf } from './page.ts'
import type { ApplyPage } from './ports.ts'
import { recordOutcomes } from './record-outcomes.ts'

export interface CloseDeps {
  readonly transact: Transact
  readonly applyPage: ApplyPage
  readonly pageSize: number
  readonly endIfDone: EndIfDone
}

/**
 * Ends what a cancelled operation has left. A page may have been committed by a worker that died before it could write
 * the outcomes down; pages go in order, so only the first of the waiting items can be such. The fence is halted by now:
 * the page is asked for again, changes nothing and tells what had been stored.
 */
export const closeRest =
  ({ transact, applyPage, pageSize, endIfDone }: CloseDeps) =>
  async (workspaceId: string, operation: Operation, complete: boolean): Promise<Operation> => {
    const scope = { workspaceId }
    const waiting = await transact(scope, ({ items }) => items.waiting(operation.id, 0, pageSize))
    const reached = operation.acceptedAt !== null && waiting.length > 0
    const stored = reached ? (await applyPage(pageOf(workspaceId, operation, waiting))).outcomes : []
    return transact(scope, async (session) => {
      await session.operations.hold(operation.id)
      await recordOutcomes(session, operation.id, operation.step, stored)
      await session.items.cancelWaiting(operation.id)
      return endIfDone(session, operation.id, { cancelComplete: complete })
    })
  }
