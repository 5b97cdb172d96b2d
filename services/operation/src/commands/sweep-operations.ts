import type { Operation } from '../domain/operation.ts'
import type { DueOperation, DueOperations } from '../store/due-operations.ts'
import type { Changes } from '../store/operation-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { attentionFrom } from './attention.ts'
import type { LaunchDeps } from './launch-operation.ts'
import { PLACES, type PlaceOperations } from './place-operations.ts'
import type { Workflows } from './ports.ts'

const FOUND_AT_ONCE = 50
const DONE_AT_ONCE = 8

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
 * One that is held up or fails keeps no other waiting.
 */
export const sweepOperations = (deps: SweepDeps) => async (): Promise<number> => {
  const [unsettled, unwatched, queues] = await Promise.all([
    deps.due.attention(FOUND_AT_ONCE),
    deps.due.watch(FOUND_AT_ONCE),
    deps.due.queues(PLACES, FOUND_AT_ONCE),
  ])
  await Promise.all([
    forEach(unsettled, (due) => carryOnDue(deps, due)),
    forEach(unwatched, (due) => watchDue(deps, due)),
    forEach(queues, deps.place),
  ])
  return unsettled.length + unwatched.length + queues.length
}

/** Some at a time; where one fails the others are done all the same, before it is told. */
async function forEach<T>(found: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const next = found.values()
  const failures: unknown[] = []
  const lane = async () => {
    for (const one of next) await work(one).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: DONE_AT_ONCE }, lane))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} could not be carried on`)
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
