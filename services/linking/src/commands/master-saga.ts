import { type Actor, conflict, type ErrorKind, isUmbelError, refused, UmbelError } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import { type Failure, findSaga, finishSaga, insertSaga, leaseSaga, releaseSaga } from '../store/sagas.ts'
import { causeOf, type Deps, type Write } from './deps.ts'
import { type MasterAnswer, type MasterPlan, onBehalfOf, pushed, walkSaga } from './master-steps.ts'

export interface MasterSagaDeps extends Deps {
  /** Who this agent is now; a service's own saga has the empty id. */
  readonly resolveActor: (workspaceId: string, actorId: string) => Promise<Actor>
}

/** The saga of a key; without a key every call is a saga of its own. */
export const sagaIdOf = ({ newId }: Deps, rpc: string, { workspaceId, actor, idempotency }: Write): string =>
  idempotency.key === '' ? newId() : idFrom('open-master', workspaceId, actor.id, rpc, idempotency.key)

/**
 * Starts a saga, or goes on with the one of the same key, and gives its answer. Throws `conflict`
 * (`idempotency-key-running`) while it runs elsewhere and `refused` (`idempotency-key-reused`) for another request.
 */
export async function playSaga(
  deps: MasterSagaDeps,
  write: Write,
  sagaId: string,
  plan: () => Promise<MasterPlan>,
): Promise<MasterAnswer> {
  const { workspaceId, actor, idempotency } = write
  const known = await deps.transact(workspaceId, (unit) => findSaga<MasterPlan, MasterAnswer>(unit, sagaId))
  if (!known) {
    const planned = await plan()
    const saga = {
      sagaId,
      actorId: onBehalfOf(actor),
      masterId: planned.masterId,
      plan: planned,
      cause: causeOf(deps, write),
    }
    const stored = { ...saga, digest: idempotency.digest }
    const fresh = await deps.transact(workspaceId, (unit) => insertSaga(unit, stored))
    if (!fresh) throw running()
    const begun = { ...saga, step: 'open', answer: undefined, failure: undefined, digest: Buffer.alloc(0) } as const
    return run(deps, workspaceId, sagaId, () => walkSaga(deps, workspaceId, begun, actor))
  }
  if (!known.digest.equals(Buffer.from(idempotency.digest)))
    throw refused('idempotency-key-reused', 'this idempotency key was used for another request')
  if (known.failure) throw toError(known.failure)
  if (known.answer) return pushed(deps, workspaceId, known.answer)
  const leased = await deps.transact(workspaceId, (unit) => leaseSaga<MasterPlan, MasterAnswer>(unit, sagaId))
  if (!leased) throw running()
  return run(deps, workspaceId, sagaId, () => walkSaga(deps, workspaceId, leased, actor))
}

/**
 * Goes on with a saga that a crash or an outage left; does nothing while somebody else works on it. An agent who is gone
 * meanwhile ends it.
 */
export const resumeSaga =
  (deps: MasterSagaDeps) =>
  async (workspaceId: string, sagaId: string): Promise<void> => {
    const saga = await deps.transact(workspaceId, (unit) => leaseSaga<MasterPlan, MasterAnswer>(unit, sagaId))
    if (!saga) return
    await run(deps, workspaceId, sagaId, async () =>
      walkSaga(deps, workspaceId, saga, await deps.resolveActor(workspaceId, saga.actorId)),
    )
  }

async function run(
  deps: MasterSagaDeps,
  workspaceId: string,
  sagaId: string,
  walk: () => Promise<MasterAnswer>,
): Promise<MasterAnswer> {
  try {
    return await walk()
  } catch (error) {
    await deps.transact(workspaceId, (unit) =>
      isFinal(error) ? finishSaga(unit, sagaId, { failure: toFailure(error) }) : releaseSaga(unit, sagaId),
    )
    throw error
  }
}

const running = () => conflict('idempotency-key-running', 'the first call with this key is still running')

const isFinal = (error: unknown): error is UmbelError =>
  isUmbelError(error) && error.kind !== 'unavailable' && error.kind !== 'conflict'

const toFailure = ({ kind, slug, message }: UmbelError): Failure => ({ kind, slug, message })
const toError = ({ kind, slug, message }: Failure) => new UmbelError(kind as ErrorKind, slug, message) // from toFailure
