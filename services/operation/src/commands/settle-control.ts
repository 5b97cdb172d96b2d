import { isUmbelError } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Operation } from '../domain/operation.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import type { LaunchDeps } from './launch-operation.ts'
import type { Fence, MailHold, Workflows } from './ports.ts'

export interface SettleDeps {
  readonly transact: Transact
  readonly fence: Fence
  readonly mailHold: MailHold
  readonly workflows: Workflows
  readonly closeRest: (workspaceId: string, operation: Operation, stored: number) => Promise<Operation>
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Brings what is wanted to everybody whom it concerns; twice is once, since all of them go by the epoch. */
export interface SettleControl {
  /** Moves the fence and the mail hold: once it answers, what was promised stands. */
  carry(workspaceId: string, operation: Operation): Promise<void>
  /** Wakes the workflow, for which nobody has to wait; what fails is left to the sweep. */
  tell(workspaceId: string, operation: Operation): Promise<void>
}

export const settleControl = (deps: SettleDeps): SettleControl => ({
  async carry(workspaceId, operation) {
    await carry(deps, workspaceId, operation)
    await failpoint('operation.control.held')
  },
  async tell(workspaceId, operation) {
    try {
      await deps.workflows.wake({ workspaceId, operationId: operation.id }, operation.state)
      await deps.transact({ workspaceId }, (session) => settled(session, operation))
    } catch (error) {
      deps.leftBehind('control', operation.id, error)
    }
  },
})

async function settled({ operations }: Session, operation: Operation): Promise<void> {
  const locked = await operations.lock(operation.id)
  // moved meanwhile: whoever moved it has called for attention anew
  if (locked === undefined || locked.epoch !== operation.epoch || locked.state !== operation.state) return
  const unlaunched = locked.acceptedAt !== null && locked.launchedAt === null && locked.closedAt === null
  await operations.note(locked, { retriesMails: false, ...(!unlaunched && { attentionAt: null }) })
}

async function carry({ fence, mailHold, closeRest }: SettleDeps, workspaceId: string, operation: Operation) {
  const { id: operationId, epoch, state } = operation
  const move = { workspaceId, operationId, epoch }
  if (state === 'cancelled') {
    const nothingToStop = operation.acceptedAt === null
    const stored = nothingToStop ? 0 : await fence.haltAndCount(move)
    await failpoint('operation.control.halted')
    // they count as pending since the retry was asked for: withheld with the rest, they come to an end
    if (operation.retriesMails) await retryUnlessWithheld(mailHold, move)
    if (!nothingToStop) await mailHold.withhold(move)
    await closeRest(workspaceId, operation, stored)
  } else if (state === 'paused') {
    await Promise.all([fence.halt(move), mailHold.hold(move)]) // whoever paused waits for the slower one only
    await failpoint('operation.control.halted')
  } else if (epoch > 1) {
    await fence.resume(move)
    await mailHold.release(move)
  }
  // under a hold they wait with the rest
  if (operation.retriesMails && state !== 'cancelled') await mailHold.retry(move)
}

async function retryUnlessWithheld(mailHold: MailHold, move: Parameters<MailHold['retry']>[0]): Promise<void> {
  try {
    await mailHold.retry(move)
  } catch (error) {
    if (!isUmbelError(error) || error.slug !== 'operation-cancelled') throw error // it was withheld by an earlier call
  }
}
