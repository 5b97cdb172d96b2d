import { invalid, type KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { checkUndoable } from '../domain/change.ts'
import { fixedTexts } from '../domain/choose-text.ts'
import { noChange } from '../domain/operation.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import { type FreezeDeps, freezePlan, type Plan } from './freeze-plan.ts'
import { undoCandidates } from './undo-candidates.ts'

export type UndoDeps = FreezeDeps & Rights

export interface UndoOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
}

/**
 * Plans to put back what an operation has changed, where nobody has changed it since. It is a plan like any other: with
 * a hash, to be looked at and started.
 */
export const undoOperation =
  (deps: UndoDeps) =>
  async (scope: Scope, { write, acting, operationId }: UndoOperation): Promise<Plan> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'plan-operation')
    if (acting.actorId === '') throw invalid('actor-missing', 'an operation is planned on behalf of an agent')
    const undone = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, workspaceId, acting, undone.masterId)
    checkUndoable(undone)
    const draft = {
      write,
      acting,
      kind: 'undo' as const,
      masterId: undone.masterId,
      change: { ...noChange, undoneOperationId: undone.id, undoneStep: undone.step },
      texts: fixedTexts([]),
      holdSeconds: 0,
      rate: 0,
      overrideReason: '',
      lane: 'people' as const,
      masterVersion: 0,
      cause: null,
      nameOf: (id: string) => id,
      start: 'never' as const,
    }
    return freezePlan(deps)(scope, draft, () =>
      undoCandidates(deps, { workspaceId, actorId: acting.actorId }, undone.id),
    )
  }
