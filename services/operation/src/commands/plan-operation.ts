import { checkOverrideReason, invalid, type KeyedWrite, notFound } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type AskedChange, checkChange } from '../domain/change.ts'
import { catchUpTexts, fixedTexts, variablesIn } from '../domain/choose-text.ts'
import type { Change, TextVariant } from '../domain/operation.ts'
import { checkHold, checkKind, checkRate, checkTarget, type Target } from '../domain/plan.ts'
import { planFirst } from '../domain/start.ts'
import { checkTexts, customersRead, toBody } from '../domain/texts.ts'
import { type Acting, permitted, type Rights, requireMaster } from './acting.ts'
import { type Candidates, type FreezeDeps, freezePlan, type Plan } from './freeze-plan.ts'
import { lateJoiners, pastBroadcasts } from './late-joiners.ts'
import { candidates } from './plan-candidates.ts'
import type { Draft } from './plan-draft.ts'
import type { Asking, DirectoryNames, ListChildren } from './ports.ts'

export interface PlanDeps extends FreezeDeps, Rights {
  readonly listChildren: ListChildren
  readonly directoryNames: DirectoryNames
  /** Seconds that texts wait unless told. */
  readonly defaultHold: number
}

export interface PlanOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly masterId: string
  readonly kind: string
  readonly target: Target
  readonly change: AskedChange
  readonly text: string
  readonly variants: readonly TextVariant[]
  readonly holdSeconds: number | undefined
  readonly rate: number
  readonly overrideReason: string
  /** Begin at once, where that is allowed. */
  readonly start: boolean
}

/** Plans what an agent asks for. Without `start` nothing is done but the plan. */
export const planOperation =
  (deps: PlanDeps) =>
  async (scope: Scope, command: PlanOperation): Promise<Plan> => {
    const { acting, target } = command
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'plan-operation')
    if (acting.actorId === '') throw invalid('actor-missing', 'an operation is planned on behalf of an agent')
    const checked = check(deps, command)
    checkTarget(target)
    await requireMaster(deps, workspaceId, acting, requireId(command.masterId, 'master_id'))
    const asking = { workspaceId, actorId: acting.actorId }
    const draft = { ...checked, nameOf: await namesFor(deps, asking, checked.change) }
    return freezePlan(deps)(scope, draft, candidatesFor(deps, asking, draft, target))
  }

function check(deps: PlanDeps, command: PlanOperation): Omit<Draft, 'nameOf'> {
  const kind = checkKind(command.kind)
  const change = checkChange(kind, command.change)
  const bodies = checkTexts(kind, change, command.text, command.variants)
  const seen = customersRead(kind, bodies.length > 0)
  if (command.start && seen) throw planFirst()
  return {
    write: command.write,
    acting: command.acting,
    kind,
    masterId: command.masterId,
    change,
    texts: change.missed === '' ? fixedTexts(bodies) : catchUpTexts(change.missed),
    holdSeconds: checkHold(command.holdSeconds, seen, deps.defaultHold),
    rate: checkRate(command.rate),
    overrideReason: checkOverrideReason(command.overrideReason),
    lane: 'people',
    masterVersion: 0,
    cause: null,
    start: command.start ? 'unseen' : 'never',
  }
}

/** How agents and groups are called, where that matters; whoever is to be assigned has to be there. */
export async function namesFor(
  { directoryNames }: Pick<PlanDeps, 'directoryNames'>,
  asking: Asking,
  change: Change,
): Promise<Draft['nameOf']> {
  const assigned = [change.assigneeId, change.groupId].filter((id) => id !== null)
  if (assigned.length === 0) return (id) => id
  const names = await directoryNames(asking)
  if (!assigned.every((id) => id === '' || names.has(id)))
    throw notFound('not-found', 'no such agent or group in this workspace')
  return (id) => names.get(id) ?? id
}

const candidatesFor =
  (deps: PlanDeps, asking: Asking, draft: Draft, target: Target): Candidates =>
  (startedAt) => {
    const { kind, masterId, texts } = draft
    if (kind === 'catch_up') return missedCandidates(deps, asking, masterId, target, startedAt)
    const followUps = !customersRead(kind, texts.bodies().length > 0)
    const variables = variablesIn(texts.bodies())
    return candidates(deps, asking, { masterId, target, followUps, variables, aboveLinkSeq: 0 })
  }

async function* missedCandidates(deps: PlanDeps, asking: Asking, masterId: string, target: Target, startedAt: Date) {
  const broadcasts = await pastBroadcasts(deps, asking.workspaceId, masterId, startedAt)
  const said = broadcasts.flatMap(({ texts }) => texts.map((text) => toBody(text, 1, 'text')))
  yield* lateJoiners(deps, asking, { masterId, target, variables: variablesIn(said) }, broadcasts)
}
