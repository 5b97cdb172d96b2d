import type { KeyedWrite } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Scope } from '@umbel/messaging'
import type { Operation } from '../domain/operation.ts'
import { decideStart } from '../domain/start.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { acceptOperation } from './accept-operation.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import type { LaunchOperation } from './launch-operation.ts'
import { fitsHere, type HereDeps, runHere } from './run-here.ts'

export interface StartDeps extends Rights, HereDeps {
  readonly transact: Transact
  readonly launch: LaunchOperation
}

export interface StartOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
  readonly planHash: string
  readonly confirm: number
}

/**
 * Accepts the plan that the hash names and launches its workflow. Once it has answered, the operation will run: what a
 * crash leaves unlaunched the sweep launches. Where one page is all there is, it goes at once and the workflow finds it
 * done; where both send it, ticket answers both the same.
 */
export const startOperation =
  (deps: StartDeps) =>
  async (scope: Scope, command: StartOperation): Promise<Operation> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, command.acting, 'plan-operation')
    const known = await deps.transact(scope, (session) =>
      requireOperation(session.operations.find, command.operationId),
    )
    await requireMaster(deps, workspaceId, command.acting, known.masterId)
    const started = await deps.transact(scope, (session) =>
      session.once(command.write, async () => {
        const { operations } = session
        const operation = await requireOperation(operations.lock, command.operationId)
        const at = await operations.now()
        if (decideStart(operation, command, at) === 'started') return operation
        return acceptOperation(session, operation, command.acting)
      }),
    )
    await failpoint('operation.start.accepted')
    await Promise.all([
      deps.launch.soon(workspaceId, started),
      fitsHere(deps, started) && runHere(deps, workspaceId, started),
    ])
    return started
  }
