import { failpoint } from '@umbel/kernel/failpoint'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Caller } from '../store/actor-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { requireService } from './acting.ts'

export interface MoveFence {
  readonly operationId: string
  /** Every control change takes one more; a lower one changes nothing. */
  readonly epoch: bigint
}

/** Raises the fence when the hold ends, never over one that stands: a cancel in the hold has the last word. */
export const armOperation =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, { operationId, epoch }: MoveFence) =>
    transact(scope, async ({ fence }) => {
      requireService(caller)
      return fence.raise(requireId(operationId, 'operation_id'), epoch)
    })

export interface HaltFence extends MoveFence {
  /** Whether to count the outcomes that are stored by then, which costs as many rows. */
  readonly count: boolean
}

const UNCOUNTED = { applied: 0, skipped: 0 }

/** Once this answers no page of the operation commits: the update waits for those about to do so. */
export const haltOperation =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, { operationId, epoch, count }: HaltFence) =>
    transact(scope, async ({ fence, effects }) => {
      requireService(caller)
      await fence.move(requireId(operationId, 'operation_id'), { epoch, halted: true })
      await failpoint('ticket.fence.commit.before')
      return count ? effects.count(operationId) : UNCOUNTED
    })

/** Pages of this epoch may commit again. */
export const resumeOperation =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, { operationId, epoch }: MoveFence): Promise<void> =>
    transact(scope, async ({ fence }) => {
      requireService(caller)
      await fence.move(requireId(operationId, 'operation_id'), { epoch, halted: false })
    })
