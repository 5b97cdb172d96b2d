import type { Operation } from '../domain/operation.ts'
import type { DueOperation, DueOperations } from '../store/due-operations.ts'
import type { Changes } from '../store/operation-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { attentionFrom } from './attention.ts'
import type { LaunchDeps } from './launch-operation.ts'
import { PLACES, type PlaceOperations } from './place-operations.ts'
import type { Workflows } from './ports.ts'

const AT_ONCE = 50

export interface SweepDeps {
  readonly transact: Transact
  readonly due: DueOperations
  readonly workflows: Workflows
  readonly carryOn: (workspaceId: string, operation: Operation) => Promise<void>
  readonly place: PlaceOperations
  readonly watchMs: number
  readonly leftBehind: LaunchDeps['leftBehind']
}

/**
 * What a crash left behind: launches and control changes that did not reach everybody, places that nobody was given,
 * and workflows that are gone because somebody terminated them or Temporal lost its data. Returns how much there was.
 */
export const sweepOperations = (deps: SweepDeps) => async (): Promise<number> => {
  const [unsettled, unwatched, queues] = await Promise.all([
    deps.due.attention(AT_ONCE),
    deps.due.watch(AT_ONCE),
    deps.due.queues(PLACES, AT_ONCE),
  ])
  for (const due of unsettled) await carryOnDue(deps, due)
  for (const due of unwatched) await watchDue(deps, due)
  for (const workspaceId of queues) await deps.place(workspaceId)
  return unsettled.length + unwatched.length + queues.length
}

async function carryOnDue(deps: SweepDeps, due: DueOperation): Promise<void> {
  const operation = await claim(deps, due, 'attentionAt', (at) => ({ attentionAt: attentionFrom(at) }))
  if (operation !== undefined) await deps.carryOn(due.workspaceId, operation)
}

async function watchDue(deps: SweepDeps, due: DueOperation): Promise<void> {
  const next = (at: Date) => ({ watchAt: new Date(at.getTime() + deps.watchMs) })
  const operation = await claim(deps, due, 'watchAt', next)
  if (operation === undefined) return
  try {
    if (await deps.workflows.runs({ workspaceId: due.workspaceId, operationId: operation.id })) return
  } catch (error) {
    return deps.leftBehind('launch', operation.id, error) // Temporal is away: looked for again later
  }
  const gone = await deps.transact({ workspaceId: due.workspaceId }, async ({ operations }) => {
    const locked = await operations.lock(operation.id)
    if (!locked || locked.closedAt !== null) return undefined
    return operations.note(locked, { launchedAt: null, attentionAt: attentionFrom(await operations.now()) })
  })
  if (gone !== undefined) await deps.carryOn(due.workspaceId, gone)
}

/** Puts the next look off, so that a second sweep meets something else. */
const claim = (
  { transact }: SweepDeps,
  { workspaceId, operationId }: DueOperation,
  due: 'attentionAt' | 'watchAt',
  next: (at: Date) => Changes,
): Promise<Operation | undefined> =>
  transact({ workspaceId }, async ({ operations }) => {
    const operation = await operations.lock(operationId)
    const at = await operations.now()
    const when = operation?.[due]
    if (!operation || !when || when > at) return undefined
    return operations.note(operation, next(at))
  })
