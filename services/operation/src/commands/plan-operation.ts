import { createHash, type Hash } from 'node:crypto'
import { invalid } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { Scope } from '@umbel/messaging'
import { type Item, noChange, type Operation, type OperationKind } from '../domain/operation.ts'
import { checkHold, checkKind, checkText, decideItem, itemDigest, MAX_ITEMS, type Target } from '../domain/plan.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights, requireId, requireMaster, requireOperation } from './acting.ts'
import type { KeyedWrite } from './keyed-write.ts'
import { type Candidate, candidates } from './plan-candidates.ts'
import type { ListChildren } from './ports.ts'

const PLAN_LIFE_HOURS = 24
const SHOWN = 50

export interface PlanDeps extends Rights {
  readonly transact: Transact
  readonly listChildren: ListChildren
  readonly newId: () => string
  /** Seconds that texts wait unless told. */
  readonly defaultHold: number
}

export interface PlanOperation {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly masterId: string
  readonly kind: string
  readonly target: Target
  readonly text: string
  readonly holdSeconds: number | undefined
}

export interface Plan {
  readonly operation: Operation
  readonly applying: number
  readonly skipping: number
  readonly hidden: number
  /** The first 50. */
  readonly items: readonly Item[]
}

/** Freezes whom an operation is for, with what will become of each or why not, sealed by one commit. */
export const planOperation =
  (deps: PlanDeps) =>
  async (scope: Scope, command: PlanOperation): Promise<Plan> => {
    const { acting, masterId } = command
    await permitted(deps, scope.workspaceId, acting, 'plan-operation')
    if (acting.actorId === '') throw invalid('actor-missing', 'an operation is planned on behalf of an agent')
    const kind = checkKind(command.kind)
    const text = checkText(kind, command.text)
    const holdSeconds = checkHold(command.holdSeconds, text, deps.defaultHold)
    checkTarget(command.target)
    return deps.transact(scope, (session) =>
      session.once(command.write, async () => {
        await requireMaster(deps, scope.workspaceId, acting, requireId(masterId, 'master_id'))
        const frozen = await freeze(deps, session, { ...command, kind, text, holdSeconds })
        const operation = await requireOperation(session.operations.lock, frozen.id)
        const planned = await session.operations.save(operation, {}, acting.actorId)
        const items = await session.items.list(frozen.id, { state: '', notification: '', after: 0, limit: SHOWN })
        const { applying, total, hidden } = frozen
        return { operation: planned, applying, skipping: total - applying, hidden, items }
      }),
    )
  }

type Checked = PlanOperation & { readonly kind: OperationKind; readonly holdSeconds: number }

async function freeze(deps: PlanDeps, session: Session, plan: Checked) {
  const id = deps.newId()
  const hash = createHash('sha256')
  let [total, applying, hidden] = [0, 0, 0]
  for await (const page of candidates(deps, session.workspaceId, plan)) {
    hidden += page.hidden
    const items = page.children.map((child: Candidate) => decideItem(plan.kind, child, plan.text === '' ? 0 : 1))
    if (total + items.length > MAX_ITEMS)
      throw invalid('target-too-large', `an operation reaches ${MAX_ITEMS} children at most`, { field: 'target' })
    await session.items.insert(id, total + 1, items)
    for (const item of items) hash.update(`${itemDigest(item)}\n`)
    total += items.length
    applying += items.filter(({ state }) => state === 'planned').length
  }
  await failpoint('operation.plan.seal.before')
  if (total === 0) throw invalid('target-empty', 'no child is reached', { field: 'target' })
  await session.operations.insert({
    operation: newOperation(id, plan, { planHash: planHash(hash, plan), applying, hidden }),
    items: { total, applying },
    expiresInHours: PLAN_LIFE_HOURS,
  })
  return { id, total, applying, hidden }
}

/** The ordered items, the text, the kind and the hold: whatever the agent was shown. */
const planHash = (items: Hash, { text, kind, holdSeconds }: Checked): string =>
  items.update(JSON.stringify([text, kind, holdSeconds])).digest('hex')

const newOperation = (
  id: string,
  { kind, masterId, text, holdSeconds, acting }: Checked,
  counted: Pick<Operation, 'planHash' | 'applying' | 'hidden'>,
) => ({
  id,
  kind,
  masterId,
  text,
  variants: [],
  change: noChange,
  findings: [],
  overrideReason: '',
  overriddenBy: '',
  needsApproval: false,
  approvedBy: '',
  approvedAt: null,
  rate: 0,
  queuedAt: null,
  pauseReason: '',
  progressVersion: 0,
  linkSeq: 0,
  step: 1,
  waitingUntil: null,
  lane: 'people' as const,
  masterVersion: 0,
  cause: null,
  holdSeconds,
  ...counted,
  state: 'planned' as const,
  epoch: 1,
  plannedBy: acting.actorId,
  startedBy: '',
  acceptedAt: null,
  holdEndsAt: null,
  closedAt: null,
  finishedAt: null,
  launchedAt: null,
  armed: false,
  attentionAt: null,
  cancelComplete: false,
})

function checkTarget(target: Target): void {
  const field = 'target'
  if (target.kind === 'filter' && target.statuses.length === 0)
    throw invalid('target-empty', 'the filter names no status', { field })
  if (target.kind !== 'chosen') return
  if (target.ticketIds.length === 0) throw invalid('target-empty', 'no child is chosen', { field })
  if (target.ticketIds.length > MAX_ITEMS)
    throw invalid('target-too-large', `an operation reaches ${MAX_ITEMS} children at most`, { field })
  target.ticketIds.forEach((id, at) => void requireId(id, `target.chosen[${at}]`))
}
