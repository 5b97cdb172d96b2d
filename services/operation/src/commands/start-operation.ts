import type { KeyedWrite } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Scope } from '@umbel/messaging'
import type { Operation } from '../domain/operation.ts'
import { decideStart } from '../domain/start.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { acceptOperation } from './accept-operation.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import type { LaunchOperation } from './launch-operation.ts'

export interface StartDeps extends Rights {
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
 * crash leaves unlaunched the sweep launches.
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
    await deps.launch.soon(workspaceId, started)
    return started
  }
