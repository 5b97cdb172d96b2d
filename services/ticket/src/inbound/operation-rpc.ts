import { ItemOutcome, type OperationEffect, type TicketService } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import type { OperationPage } from '../commands/apply-operation-page.ts'
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
      effect: effectOf(request.effect),
      items: request.items.map(({ ticketId, linkId, bodyId }) => ({
        ticketId,
        linkId: orNull(linkId),
        bodyId: orNull(bodyId),
      })),
    })
    await failpoint('ticket.page.commit.after')
    return {
      halted: answer.halted,
      outcomes: answer.outcomes.map(({ outcome, version, ...rest }) => ({
        ...rest,
        outcome: outcomes[outcome],
        version: BigInt(version),
      })),
    }
  },
})

function effectOf(wire: OperationEffect | undefined): OperationPage['effect'] {
  const effect = wire?.effect
  switch (effect?.case) {
    case 'broadcast':
      return { kind: 'broadcast' }
    case 'close':
      return { kind: 'close' }
    default:
      throw invalid('unknown-effect', 'the page names no effect that is known here', { field: 'effect' })
  }
}
