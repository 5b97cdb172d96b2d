import type { KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { decideRetry } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import type { Changes } from '../store/operation-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights, requireMaster, requireOperation } from './acting.ts'
import { attentionFrom } from './attention.ts'
import type { LaunchOperation } from './launch-operation.ts'
import type { PlaceOperations } from './place-operations.ts'
import type { SettleControl } from './settle-control.ts'
import { standingOf } from './standing.ts'

export interface RetryDeps extends Rights {
  readonly transact: Transact
  readonly launch: LaunchOperation
  readonly settle: SettleControl
  readonly place: PlaceOperations
}

export interface RetryFailed {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly operationId: string
}

export interface Retried {
  readonly operation: Operation
  readonly children: number
  readonly notifications: number
}

/** Children and mails that failed get another turn; what was applied, skipped or sent is never touched again. */
export const retryFailed =
  (deps: RetryDeps) =>
  async (scope: Scope, { write, acting, operationId }: RetryFailed): Promise<Retried> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'control-operation')
    const known = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await requireMaster(deps, workspaceId, acting, known.masterId)
    const retried = await deps.transact(scope, (session) =>
      session.once(write, () => again(session, operationId, acting.actorId)),
    )
    const current = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    await deps.launch.soon(workspaceId, current)
    if (current.attentionAt !== null) {
      await deps.settle.carry(workspaceId, current)
      await deps.settle.tell(workspaceId, current)
    }
    if (current.state === 'queued') await deps.place(workspaceId)
    const operation = await deps.transact(scope, ({ operations }) => requireOperation(operations.find, operationId))
    return { ...retried, operation }
  }

async function again(session: Session, operationId: string, by: string): Promise<Omit<Retried, 'operation'>> {
  const { operations } = session
  const operation = await requireOperation(operations.lock, operationId)
  const at = await operations.now()
  // said first, so that nothing is counted twice where it is refused
  const failed = { items: await failedItems(session, operation), notifications: operation.notifications.failed }
  const { reopened, queued, ...wanted } = decideRetry(standingOf(operation, at), failed)
  const children = await session.again.failedItems(operationId)
  const notifications = await session.again.failedNotifications(operationId)
  const counted = await requireOperation(operations.find, operationId)
  await operations.save(
    counted,
    { ...wanted, ...reopening(reopened, queued, at), ...pendingMails(notifications, at) },
    by,
  )
  return { children, notifications }
}

/** Whom another catch-up has reached since, or is about to, hears nothing twice; plans from before this do not begin. */
async function failedItems({ catchUps }: Session, { id, kind, masterId, items }: Operation): Promise<number> {
  if (kind !== 'catch_up') return items.failed
  await catchUps.lock(masterId)
  const unreached = await catchUps.unreached(id)
  if (unreached > 0) await catchUps.retried(id)
  return unreached
}

/** A new run, behind those that wait for a place where it needs one. */
const reopening = (reopened: boolean, queued: boolean, at: Date): Changes =>
  reopened
    ? { closedAt: null, finishedAt: null, waitingUntil: null, launchedAt: null, queuedAt: queued ? at : null }
    : {}

const pendingMails = (notifications: number, at: Date): Changes => ({
  attentionAt: attentionFrom(at),
  ...(notifications > 0 && { finishedAt: null, retriesMails: true }),
})
