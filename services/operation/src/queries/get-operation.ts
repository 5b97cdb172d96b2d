import { canSeeAll } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from '../commands/acting.ts'
import { findingsForOthers } from '../domain/findings.ts'
import type { Operation } from '../domain/operation.ts'
import type { Transact } from '../store/unit-of-work.ts'

export interface ReadDeps extends Rights {
  readonly transact: Transact
}

/**
 * One operation with its progress; `not-found` where the actor may not see its master. What was found in its texts names
 * children: whole only for who may see all of them, such as whoever approves it.
 */
export const getOperation =
  (deps: ReadDeps) =>
  async (scope: Scope, acting: Acting, operationId: string): Promise<Operation> => {
    const actor = await permitted(deps, scope.workspaceId, acting, 'read-operation')
    const found = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, scope.workspaceId, acting, found.masterId)
    return canSeeAll(actor) ? found : { ...found, findings: findingsForOthers(found.findings) }
  }
