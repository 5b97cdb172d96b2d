import { conflict, invalid, unavailable } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { fixedText } from '@umbel/kernel/template'
import type { Scope } from '@umbel/messaging'
import { decideItem } from '../domain/decide-item.ts'
import { type Leak, leakFindings } from '../domain/findings.ts'
import type { Item, Operation } from '../domain/operation.ts'
import type { Preview } from '../domain/previews.ts'
import { mayStartUnseen, planFirst } from '../domain/start.ts'
import { customersRead, fieldOf } from '../domain/texts.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { acceptOperation } from './accept-operation.ts'
import { requireOperation } from './acting.ts'
import type { LaunchOperation } from './launch-operation.ts'
import type { CandidatePage } from './plan-candidates.ts'
import { type Draft, newOperation } from './plan-draft.ts'
import { openTally, type PlanTally } from './plan-tally.ts'
import type { FindLeaks } from './ports.ts'
import { readAhead } from './read-ahead.ts'

const PLAN_LIFE_HOURS = 24
const SHOWN = 50

export interface FreezeDeps {
  readonly transact: Transact
  readonly findLeaks: FindLeaks
  readonly newId: () => string
  readonly launch: LaunchOperation
}

/** Whom it is for, page by page, as of this moment. */
export type Candidates = (startedAt: Date) => AsyncIterable<CandidatePage>

export interface Plan {
  readonly operation: Operation
  readonly applying: number
  readonly skipping: number
  readonly hidden: number
  /** The first 50. */
  readonly items: readonly Item[]
  readonly previews: readonly Preview[]
}

/** From so many items on the statistics of the table are renewed, before the first page of them is run. */
const ANALYZE_FROM = 1_000

/**
 * Freezes whom an operation is for, with what will become of each or why not. Items grow page by page, each in a
 * transaction of its own and with no other service asked inside one; nobody sees them until the one last commit that
 * seals the plan along with its key's answer. What a crash leaves behind the sweep forgets.
 */
export const freezePlan =
  (deps: FreezeDeps) =>
  async (scope: Scope, draft: Draft, candidates: Candidates): Promise<Plan> => {
    const { workspaceId } = scope
    const known = await deps.transact(scope, (session) => session.answered<Plan>(draft.write))
    if (known) return known
    const plan = await grow(deps, scope, draft, candidates)
    if (plan.operation.acceptedAt !== null) await deps.launch.soon(workspaceId, plan.operation)
    return plan
  }

async function grow(deps: FreezeDeps, scope: Scope, draft: Draft, candidates: Candidates): Promise<Plan> {
  const id = deps.newId()
  const startedAt = await deps.transact(scope, ({ plannings }) => plannings.open(id, draft.write))
  if (!startedAt) throw conflict('idempotency-key-running', 'the first call with this key is still running')
  try {
    const tally = openTally(draft.texts, customersRead(draft.kind, true))
    for await (const page of readAhead(candidates(startedAt))) await freezePage(deps, scope, id, draft, page, tally)
    // a master without children is nobody's mistake where no person chose it
    if (tally.total === 0 && draft.lane !== 'sync')
      throw invalid('target-empty', 'no child is reached', { field: 'target' })
    const leaks = await findLeaks(deps, draft, tally, { scope, id })
    if (tally.total >= ANALYZE_FROM) await deps.transact(scope, ({ plannings }) => plannings.analyzeItems())
    await failpoint('operation.plan.seal.before')
    return await deps.transact(scope, (session) => seal(session, draft, { id, startedAt, tally, leaks }))
  } catch (error) {
    await deps.transact(scope, ({ plannings }) => plannings.discard(id))
    throw error
  }
}

async function freezePage(
  { transact }: FreezeDeps,
  scope: Scope,
  id: string,
  draft: Draft,
  page: CandidatePage,
  tally: PlanTally,
): Promise<void> {
  const rule = { kind: draft.kind, change: draft.change, textFor: draft.texts.textFor, nameOf: draft.nameOf }
  const items = page.children.map((child) => decideItem(rule, child))
  const firstSeq = tally.total + 1
  tally.add(page, items)
  await transact(scope, async (session) => {
    if (!(await session.plannings.touch(id))) throw abandoned()
    await session.items.insert(id, firstSeq, items)
  })
}

const stillGrows = ({ transact }: FreezeDeps, scope: Scope, id: string): Promise<void> =>
  transact(scope, async ({ plannings }) => {
    if (!(await plannings.touch(id))) throw abandoned()
  })

const abandoned = () => unavailable('plan-abandoned', 'planning took too long to go on; plan again')

interface Growing {
  readonly scope: Scope
  readonly id: string
}

/**
 * What the texts give away to who gets them, one after the other, while the plan says that it still grows; nobody
 * outside reads a note.
 */
async function findLeaks(deps: FreezeDeps, draft: Draft, tally: PlanTally, { scope, id }: Growing): Promise<Leak[]> {
  const { acting, kind, masterId } = draft
  const bodies = draft.texts.bodies()
  if (!customersRead(kind, bodies.length > 0)) return []
  const asking = { workspaceId: scope.workspaceId, actorId: acting.actorId }
  const receiverIds = tally.receivers()
  const leaks: Leak[] = []
  for (const { seq, template } of bodies) {
    await stillGrows(deps, scope, id)
    const text = { field: kind === 'catch_up' ? 'text' : fieldOf(seq), text: fixedText(template) }
    leaks.push(...(await deps.findLeaks(asking, { masterId, texts: [text], receiverIds })))
  }
  return leaks
}

/** What a plan has become once all its pages are there. */
interface Grown {
  readonly id: string
  readonly startedAt: Date
  readonly tally: PlanTally
  readonly leaks: readonly Leak[]
}

/** The last commit: from here on there is an operation, unless its key was answered while it grew. */
async function seal(session: Session, draft: Draft, grown: Grown): Promise<Plan> {
  const { plannings } = session
  const plan = await session.once(draft.write, async () => {
    if (!(await plannings.seal(grown.id))) throw abandoned()
    return settle(session, draft, grown)
  })
  if (plan.operation.id !== grown.id) await plannings.discard(grown.id)
  return plan
}

async function settle(session: Session, draft: Draft, { id, startedAt, tally, leaks }: Grown): Promise<Plan> {
  const { operations, items } = session
  const { total, applying, hidden } = tally
  const { approvalFrom } = await session.settings.get()
  const overridden = draft.overrideReason !== ''
  const planned = newOperation(id, startedAt, draft, tally, {
    findings: [...leakFindings(leaks, overridden), ...tally.findings()],
    overridden: overridden && leaks.some(({ common }) => !common),
    approvalFrom: draft.lane === 'sync' ? 0 : approvalFrom,
  })
  await operations.insert({ operation: planned, items: { total, applying }, expiresInHours: PLAN_LIFE_HOURS })
  const saved = await operations.save(await requireOperation(operations.lock, id), {}, draft.acting.actorId)
  const operation = await begin(session, saved, draft)
  const shown = await items.list(id, { state: '', notification: '', after: 0, limit: SHOWN })
  return { operation, applying, skipping: total - applying, hidden, items: shown, previews: tally.previews() }
}

async function begin(session: Session, operation: Operation, { start, acting }: Draft): Promise<Operation> {
  if (start === 'never') return operation
  if (start === 'unseen' && !mayStartUnseen(operation)) throw planFirst()
  return acceptOperation(session, operation, acting)
}
