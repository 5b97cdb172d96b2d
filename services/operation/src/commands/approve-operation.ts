import { invalid, type KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Operation } from '../domain/operation.ts'
import { decideApproval } from '../domain/start.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'

export interface ApproveDeps extends Rights {
  readonly transact: Transact
}

export interface ApproveOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
  readonly planHash: string
}

/** A second person, who could have planned it too, stands by this very plan. */
export const approveOperation =
  (deps: ApproveDeps) =>
  async (scope: Scope, { write, acting, operationId, planHash }: ApproveOperation): Promise<Operation> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'plan-operation')
    if (acting.actorId === '') throw invalid('actor-missing', 'only a person approves')
    const known = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, workspaceId, acting, known.masterId)
    return deps.transact(scope, (session) =>
      session.once(write, async () => {
        const { operations } = session
        const operation = await requireOperation(operations.lock, operationId)
        const at = await operations.now()
        if (decideApproval(operation, { planHash, by: acting.actorId }, at) === 'approved') return operation
        return operations.save(operation, { approvedBy: acting.actorId, approvedAt: at }, acting.actorId)
      }),
    )
  }
