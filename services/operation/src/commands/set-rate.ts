import { type KeyedWrite, refused } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Operation } from '../domain/operation.ts'
import { repaced } from '../domain/pace.ts'
import { checkRate } from '../domain/plan.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import type { LaunchDeps } from './launch-operation.ts'
import type { Workflows } from './ports.ts'

export interface RateDeps extends Rights {
  readonly transact: Transact
  readonly workflows: Workflows
  readonly leftBehind: LaunchDeps['leftBehind']
}

export interface SetRate {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
  /** Children a minute; 0: as fast as it goes. */
  readonly rate: number
}

/**
 * Changes how fast an operation goes, also while it runs; the wait for its next page changes with it. A repeat under its
 * key leaves a rate alone that was set since.
 */
export const setRate =
  (deps: RateDeps) =>
  async (scope: Scope, { write, acting, operationId, ...asked }: SetRate): Promise<Operation> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'control-operation')
    const rate = checkRate(asked.rate)
    const known = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, workspaceId, acting, known.masterId)
    const changed = await deps.transact(scope, async (session) => {
      await session.once(write, () => repace(session, operationId, rate, acting.actorId))
      return requireOperation(session.operations.find, operationId)
    })
    try {
      await deps.workflows.wake({ workspaceId, operationId }, changed.state)
    } catch (error) {
      deps.leftBehind('control', operationId, error) // it goes on at the old pace until its next page
    }
    return changed
  }

async function repace({ operations }: Session, operationId: string, rate: number, by: string) {
  const operation = await requireOperation(operations.lock, operationId)
  requireOpen(operation)
  if (operation.rate !== rate) {
    const pageDueAt = repaced(operation, rate, await operations.now())
    await operations.save(operation, { rate, pageDueAt }, by)
  }
  return { rate }
}

function requireOpen({ acceptedAt, closedAt, state }: Operation): void {
  if (closedAt !== null || state === 'cancelled')
    throw refused('operation-finished', 'every child has its outcome already')
  if (acceptedAt === null) throw refused('operation-not-started', 'the operation has not been started')
}
