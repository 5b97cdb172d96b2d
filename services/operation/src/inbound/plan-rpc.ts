import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { OperationService, PlanOperationRequest } from '@umbel/contracts'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Call, Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import type { Plan } from '../commands/freeze-plan.ts'
import type { PlanOperation } from '../commands/plan-operation.ts'
import { actingOf, targetOf, writeOf } from './from-wire.ts'
import { toWireItem, toWireOperation } from './to-wire.ts'
import { fromWireChange } from './wire-change.ts'

type PlanMethods = Pick<
  Handlers<typeof OperationService>,
  | 'planOperation'
  | 'undoOperation'
  | 'approveOperation'
  | 'getCatchUpOffer'
  | 'getOperationSettings'
  | 'putOperationSettings'
>

/** The part of OperationService that comes before anything is done. */
export const planRpc = (app: App): PlanMethods => ({
  async planOperation(request, call) {
    const { workspaceId } = request
    const plan = await app.planOperation({ workspaceId }, planOf(request, call))
    await failpoint('operation.plan.seal.after')
    return { ...toWirePlan(workspaceId, plan), previews: plan.previews.map(toWirePreview) }
  },
  async undoOperation(request, call) {
    const { workspaceId, operationId } = request
    const write = writeOf('UndoOperation', request, call)
    const plan = await app.undoOperation({ workspaceId }, { write, acting: actingOf(call), operationId })
    return toWirePlan(workspaceId, plan)
  },
  async approveOperation(request, call) {
    const { workspaceId, operationId, planHash } = request
    const write = writeOf('ApproveOperation', request, call)
    const approved = await app.approveOperation(
      { workspaceId },
      { write, acting: actingOf(call), operationId, planHash },
    )
    return { operation: toWireOperation(workspaceId, approved) }
  },
  async getCatchUpOffer({ workspaceId, masterId }, call) {
    const { missed, lateJoiners } = await app.getCatchUpOffer({ workspaceId }, actingOf(call), masterId)
    return {
      lateJoiners: BigInt(lateJoiners),
      missed: missed.map((broadcast) => ({
        operationId: broadcast.operationId,
        startedAt: timestampFromDate(broadcast.startedAt),
        text: broadcast.text,
        lateJoiners: BigInt(broadcast.lateJoiners),
      })),
    }
  },
  getOperationSettings: async ({ workspaceId }, call) => ({
    settings: await app.getSettings({ workspaceId }, actingOf(call)),
  }),
  async putOperationSettings(request, call) {
    const { approvalFrom = 0, retentionDays = 0 } = request.settings ?? {}
    const write = writeOf('PutOperationSettings', request, call)
    const asked = { write, acting: actingOf(call), settings: { approvalFrom, retentionDays } }
    return { settings: await app.putSettings({ workspaceId: request.workspaceId }, asked) }
  },
})

const planOf = (request: PlanOperationRequest, call: Call): PlanOperation => ({
  write: writeOf('PlanOperation', request, call),
  acting: actingOf(call),
  masterId: request.masterId,
  kind: request.kind,
  target: targetOf(request),
  change: fromWireChange(request.change),
  text: request.text,
  variants: request.variants.map(({ locale, text }) => ({ locale, text })),
  holdSeconds: request.holdSeconds,
  rate: request.rate,
  overrideReason: request.overrideReason,
  start: request.start,
})

const toWirePlan = (workspaceId: string, plan: Plan) => ({
  // the planner has just seen every child of it
  operation: toWireOperation(workspaceId, plan.operation, plan.operation.findings),
  applying: BigInt(plan.applying),
  skipping: BigInt(plan.skipping),
  hidden: BigInt(plan.hidden),
  items: plan.items.map(toWireItem),
})

const toWirePreview = ({ ticketId, ticketNumber, locale, text }: Plan['previews'][number]) => ({
  ticketId,
  ticketNumber: BigInt(ticketNumber),
  locale,
  text,
})
