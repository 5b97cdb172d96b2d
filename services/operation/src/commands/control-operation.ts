import type { KeyedWrite } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Scope } from '@umbel/messaging'
import { type ControlVerb, decideControl } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import { attentionFrom } from './attention.ts'
import type { PlaceOperations } from './place-operations.ts'
import type { SettleControl } from './settle-control.ts'
import { standingOf } from './standing.ts'

export interface ControlDeps extends Rights {
  readonly transact: Transact
  readonly settle: SettleControl
  readonly place: PlaceOperations
}

export interface ControlOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
  readonly verb: ControlVerb
}

/**
 * Pause, resume or cancel, whoever asks: REST, CLI or the Temporal UI. What is wanted is written first, so that no
 * worker begins another page; it answers when the fence and the mail hold stand, and nothing more commits or leaves.
 * A repeat under its key undoes nothing that was wanted since, and answers with the operation as it is by then.
 */
export const controlOperation =
  (deps: ControlDeps) =>
  async (scope: Scope, { write, acting, operationId, verb }: ControlOperation): Promise<Operation> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'control-operation')
    const known = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, workspaceId, acting, known.masterId)
    const wanted = await deps.transact(scope, async (session) => {
      await session.once(write, async () => {
        const { epoch } = await want(session, operationId, verb, { by: acting.actorId })
        return { epoch }
      })
      return requireOperation(session.operations.find, operationId)
    })
    await failpoint('operation.control.wanted')
    // also where it was said before: the first call may have died on its way
    if (wanted.attentionAt !== null) {
      await deps.settle.carry(workspaceId, wanted)
      void deps.settle.tell(workspaceId, wanted)
    }
    // a place has become free, or is looked for
    if (wanted.state === 'cancelled' || wanted.state === 'queued') await deps.place(workspaceId)
    return deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
  }

interface Wanting {
  /** Empty: the house itself. */
  readonly by: string
  /** Why, where nobody pressed a button. */
  readonly reason?: string
}

/** Writes down what is wanted; whoever calls carries it on, or the sweep does. */
export async function want(
  { operations }: Pick<Session, 'operations'>,
  operationId: string,
  verb: ControlVerb,
  { by, reason = '' }: Wanting,
): Promise<Operation> {
  const operation = await requireOperation(operations.lock, operationId)
  const at = await operations.now()
  const next = decideControl(standingOf(operation, at), verb)
  if (next.epoch === operation.epoch) return operation
  const queue = next.state === 'cancelled' ? { queuedAt: null, queuePosition: 0 } : {}
  const changes = { ...next, ...queue, pauseReason: reason, attentionAt: attentionFrom(at) }
  return operations.save(operation, changes, by)
}
