import { ItemOutcome, type TicketService } from '@umbel/contracts'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import { causeFrom, effectOf } from './effect-from-wire.ts'
import { orNull } from './from-wire.ts'
import { scopeOf } from './keyed.ts'

type OperationMethods = 'armOperation' | 'haltOperation' | 'resumeOperation' | 'applyOperationPage'

const outcomes = { applied: ItemOutcome.APPLIED, skipped: ItemOutcome.SKIPPED } as const

/** The fence of operations and their pages. */
export const operationRpc = (app: App): Pick<Handlers<typeof TicketService>, OperationMethods> => ({
  armOperation: async (request, { caller }) => {
    const { raised, fence } = await app.armOperation(scopeOf(request), caller, request)
    return { raised, epoch: fence.epoch, halted: fence.halted }
  },
  haltOperation: async (request, { caller }) => {
    const { applied, skipped } = await app.haltOperation(scopeOf(request), caller, request)
    await failpoint('ticket.fence.commit.after')
    return { applied: BigInt(applied), skipped: BigInt(skipped) }
  },
  resumeOperation: async (request, { caller }) => {
    await app.resumeOperation(scopeOf(request), caller, request)
    return {}
  },
  applyOperationPage: async (request, { caller }) => {
    const { operationId, step, epoch, actorId, bodies, includeHidden } = request
    const answer = await app.applyOperationPage(scopeOf(request), caller, {
      operationId,
      step,
      epoch,
      actorId,
      bodies,
      includeHidden,
      cause: causeFrom(request.cause),
      masterVersion: Number(request.masterVersion),
      effect: effectOf(request.effect),
      items: request.items.map(({ ticketId, linkId, bodyId, plannedVersion }) => ({
        ticketId,
        linkId: orNull(linkId),
        bodyId: orNull(bodyId),
        plannedVersion: Number(plannedVersion),
      })),
    })
    await failpoint('ticket.page.commit.after')
    return {
      halted: answer.halted,
      outcomes: answer.outcomes.map(({ outcome, version, requesterId, values, ...rest }) => ({
        ...rest,
        requesterId: requesterId ?? '',
        values: values ?? {},
        outcome: outcomes[outcome],
        version: BigInt(version),
      })),
    }
  },
})
