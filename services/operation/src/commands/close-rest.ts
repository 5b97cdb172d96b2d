import type { ItemOutcome, Operation } from '../domain/operation.ts'
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

/** One page is being written down while the next one is sent. */
const PAGES_IN_THE_AIR = 2

/**
 * Ends what a cancelled operation has left. Pages may have been committed whose outcomes nobody has written down yet, or
 * never will, since their worker died; pages go in order, so only the first of the waiting items can be such. The fence
 * is halted by now: those pages are asked for again, change nothing and tell what had been stored.
 */
export const closeRest =
  ({ transact, applyPage, pageSize, endIfDone }: CloseDeps) =>
  async (workspaceId: string, operation: Operation, complete: boolean): Promise<Operation> => {
    const scope = { workspaceId }
    const stored: ItemOutcome[] = []
    for (let page = 1, after = 0; operation.acceptedAt !== null && page <= PAGES_IN_THE_AIR; page += 1) {
      const waiting = await transact(scope, ({ items }) => items.waiting(operation.id, after, pageSize))
      if (waiting.length === 0) break
      stored.push(...(await applyPage(pageOf(workspaceId, operation, waiting))).outcomes)
      after = waiting.at(-1)?.seq ?? after
    }
    return transact(scope, async (session) => {
      await session.operations.hold(operation.id)
      await recordOutcomes(session, operation.id, operation.step, stored)
      await session.items.cancelWaiting(operation.id)
      return endIfDone(session, operation.id, { cancelComplete: complete })
    })
  }
