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

/**
 * Ends what a cancelled operation has left. The fence is halted by now, and ticket has said how many outcomes it stored;
 * as long as fewer are written down, since a worker is about to or has died, the waiting items are asked for again, page
 * by page: that changes nothing and tells what had been stored.
 */
export const closeRest =
  ({ transact, applyPage, pageSize, endIfDone }: CloseDeps) =>
  async (workspaceId: string, operation: Operation, stored: number): Promise<Operation> => {
    const { id, step } = operation
    let told: readonly ItemOutcome[] = []
    let after = 0
    for (;;) {
      const left = await transact({ workspaceId }, async (session) => {
        const { operations, items, record } = session
        await operations.hold(id)
        await recordOutcomes(session, id, step, told)
        const waiting = (await record.countLeaves(id)) < stored ? await items.waiting(id, after, pageSize) : []
        if (waiting.length > 0) return { waiting }
        await items.cancelWaiting(id)
        return { ended: await endIfDone(session, id, { cancelComplete: stored === 0 }) }
      })
      if (left.ended !== undefined) return left.ended
      told = (await applyPage(pageOf(workspaceId, operation, left.waiting))).outcomes
      after = left.waiting.at(-1)?.seq ?? after
    }
  }
