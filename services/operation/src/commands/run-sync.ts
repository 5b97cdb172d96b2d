import { forbidden, invalid, type KeyedWrite } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type AskedChange, checkChange } from '../domain/change.ts'
import { fixedTexts } from '../domain/choose-text.ts'
import type { Operation, OperationCause, OperationKind } from '../domain/operation.ts'
import { type Acting, permitted, requireOperation } from './acting.ts'
import { freezePlan } from './freeze-plan.ts'
import type { LaunchOperation } from './launch-operation.ts'
import { candidates } from './plan-candidates.ts'
import type { Draft } from './plan-draft.ts'
import { namesFor, type PlanDeps } from './plan-operation.ts'
import { fitsHere, type HereDeps, runHere } from './run-here.ts'

const syncKinds: readonly OperationKind[] = ['set_status', 'assign', 'labels', 'set_priority']

export interface SyncDeps extends Omit<PlanDeps, 'defaultHold'>, HereDeps {}

export interface RunSync {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly masterId: string
  readonly masterVersion: number
  readonly changeKind: string
  readonly change: AskedChange
  readonly cause: OperationCause
}

/**
 * Work over all children of a master that no person started, by its cause and the master's version it rests on: a child
 * of which a later one has reached all these fields says `superseded`. One page is done here and now, more of it by the
 * conductor in a lane of its own; what a crash leaves undone the sweep launches. Of a master without children it has no
 * items, and is done.
 */
export const runSync =
  (deps: SyncDeps) =>
  async (scope: Scope, command: RunSync): Promise<Operation> => {
    const { acting, masterId } = command
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'plan-operation')
    if (acting.actorId !== '') throw forbidden('services-only', 'no person starts a sync')
    const checked = check(command)
    requireId(masterId, 'master_id')
    const asking = { workspaceId, actorId: '' }
    const draft = { ...checked, nameOf: await namesFor(deps, asking, checked.change) }
    const wanted = { masterId, target: { kind: 'all' as const }, followUps: true, variables: [], aboveLinkSeq: 0 }
    const freeze = freezePlan({ ...deps, launch: hereOrThere(deps) })
    const { operation } = await freeze(scope, draft, () => candidates(deps, asking, wanted))
    return deps.transact(scope, ({ operations }) => requireOperation(operations.find, operation.id))
  }

function check({ write, acting, masterId, masterVersion, cause, ...command }: RunSync): Omit<Draft, 'nameOf'> {
  const syncKind = syncKinds.find((kind) => kind === command.changeKind)
  if (syncKind === undefined)
    throw invalid('kind-unknown', `a sync is one of ${syncKinds.join(', ')}`, { field: 'change_kind' })
  if (masterVersion < 1)
    throw invalid('master-version-missing', 'say which version of the master it rests on', { field: 'master_version' })
  return {
    write,
    acting,
    masterId,
    masterVersion,
    cause,
    kind: 'sync',
    lane: 'sync',
    change: {
      ...checkChange(syncKind, command.change),
      syncKind,
    },
    texts: fixedTexts([]),
    holdSeconds: 0,
    rate: 0,
    overrideReason: '',
    start: 'always',
  }
}

/** What fits into one page needs no conductor. */
const hereOrThere = (deps: SyncDeps): LaunchOperation => ({
  now: deps.launch.now,
  soon: (workspaceId, operation) =>
    fitsHere(deps, operation) ? runHere(deps, workspaceId, operation) : deps.launch.soon(workspaceId, operation),
})
