import { conflict, invalid, unavailable } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { fixedText } from '@umbel/kernel/template'
import type { Scope } from '@umbel/messaging'
import type { Texts } from '../domain/choose-text.ts'
import { decideItem, type Rule } from '../domain/decide-item.ts'
import { type Leak, leakFindings } from '../domain/findings.ts'
import type { Finding, Item, Operation } from '../domain/operation.ts'
import type { Preview } from '../domain/previews.ts'
import { mayStartUnseen, planFirst } from '../domain/start.ts'
import { customersRead, fieldOf } from '../domain/texts.ts'
import type { NewOperation } from '../store/operation-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { acceptOperation } from './accept-operation.ts'
import { type Acting, requireOperation } from './acting.ts'
import type { KeyedWrite } from './keyed-write.ts'
import type { LaunchOperation } from './launch-operation.ts'
import type { CandidatePage } from './plan-candidates.ts'
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

/** What is to be planned, checked. */
export interface Draft
  extends Pick<
      Operation,
      'kind' | 'masterId' | 'change' | 'holdSeconds' | 'rate' | 'overrideReason' | 'lane' | 'masterVersion' | 'cause'
    >,
    Pick<Rule, 'nameOf'> {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly texts: Texts
  /** Whether it begins at once: never, where nobody has to look at the plan first (else `plan-first`), or always. */
  readonly start: 'never' | 'unseen' | 'always'
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
    const tally = openTally(draft.texts)
    for await (const page of readAhead(candidates(startedAt))) await freezePage(deps, scope, id, draft, page, tally)
    if (tally.total === 0) throw invalid('target-empty', 'no child is reached', { field: 'target' })
    const leaks = await findLeaks(deps, scope.workspaceId, draft, tally)
    await failpoint('operation.plan.seal.before')
    return await deps.transact(scope, (session) => seal(session, id, startedAt, draft, tally, leaks))
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

const abandoned = () => unavailable('plan-abandoned', 'planning took too long to go on; plan again')

/** What the texts give away to who gets them, one after the other; nobody outside reads a note. */
async function findLeaks(deps: FreezeDeps, workspaceId: string, draft: Draft, tally: PlanTally): Promise<Leak[]> {
  const { acting, kind, masterId } = draft
  const bodies = draft.texts.bodies()
  if (!customersRead(kind, bodies.length > 0)) return []
  const asking = { workspaceId, actorId: acting.actorId }
  const receiverIds = tally.receivers()
  const leaks: Leak[] = []
  for (const { seq, template } of bodies) {
    const text = { field: kind === 'catch_up' ? 'text' : fieldOf(seq), text: fixedText(template) }
    leaks.push(...(await deps.findLeaks(asking, { masterId, texts: [text], receiverIds })))
  }
  return leaks
}

/** The last commit: from here on there is an operation. */
async function seal(
  session: Session,
  id: string,
  startedAt: Date,
  draft: Draft,
  tally: PlanTally,
  leaks: readonly Leak[],
): Promise<Plan> {
  const { operations, items, plannings } = session
  if (!(await plannings.seal(id))) throw abandoned()
  const { approvalFrom } = await session.settings.get()
  const planned = newOperation(id, startedAt, draft, tally, {
    findings: [...leakFindings(leaks, draft.overrideReason !== ''), ...tally.findings()],
    overridden: draft.overrideReason !== '' && leaks.some(({ common }) => !common),
    approvalFrom: draft.lane === 'sync' ? 0 : approvalFrom,
  })
  return session.once(draft.write, async () => {
    const { total, applying, hidden } = tally
    await operations.insert({ operation: planned, items: { total, applying }, expiresInHours: PLAN_LIFE_HOURS })
    const locked = await requireOperation(operations.lock, id)
    const saved = await operations.save(locked, {}, draft.acting.actorId)
    const operation = await begin(session, saved, draft)
    const shown = await items.list(id, { state: '', notification: '', after: 0, limit: SHOWN })
    return { operation, applying, skipping: total - applying, hidden, items: shown, previews: tally.previews() }
  })
}

async function begin(session: Session, operation: Operation, { start, acting }: Draft): Promise<Operation> {
  if (start === 'never') return operation
  if (start === 'unseen' && !mayStartUnseen(operation)) throw planFirst()
  return acceptOperation(session, operation, acting)
}

interface Judged {
  readonly findings: readonly Finding[]
  readonly overridden: boolean
  readonly approvalFrom: number
}

function newOperation(
  id: string,
  plannedAt: Date,
  { acting, kind, masterId, change, holdSeconds, rate, lane, masterVersion, cause, texts, ...draft }: Draft,
  { applying, hidden, linkSeq, hash }: PlanTally,
  { findings, overridden, approvalFrom }: Judged,
): NewOperation['operation'] {
  const [first, ...variants] = texts.bodies().map(({ locale, text }) => ({ locale, text }))
  const overrideReason = overridden ? draft.overrideReason : ''
  const needsApproval = approvalFrom > 0 && applying >= approvalFrom
  const settings = { approvalFrom, rate, holdSeconds }
  return {
    id,
    kind,
    masterId,
    change,
    text: first?.text ?? '',
    variants,
    findings,
    overrideReason,
    overriddenBy: overridden ? acting.actorId : '',
    needsApproval,
    planHash: hash([kind, masterId, change, first, variants, settings, overrideReason]),
    holdSeconds,
    rate,
    linkSeq,
    lane,
    masterVersion,
    cause,
    applying,
    hidden,
    plannedBy: acting.actorId,
    plannedAt,
    epoch: 1,
    ...unstarted,
  }
}

const unstarted = {
  state: 'planned',
  approvedBy: '',
  approvedAt: null,
  queuedAt: null,
  pauseReason: '',
  progressVersion: 0,
  step: 1,
  waitingUntil: null,
  startedBy: '',
  acceptedAt: null,
  holdEndsAt: null,
  closedAt: null,
  finishedAt: null,
  launchedAt: null,
  armed: false,
  attentionAt: null,
  cancelComplete: false,
} as const
