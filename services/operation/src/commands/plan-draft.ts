import type { KeyedWrite } from '@umbel/kernel'
import type { Texts } from '../domain/choose-text.ts'
import type { Rule } from '../domain/decide-item.ts'
import type { Finding, Operation } from '../domain/operation.ts'
import type { NewOperation } from '../store/operation-store.ts'
import type { Acting } from './acting.ts'
import type { PlanTally } from './plan-tally.ts'

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

/** What was found out about a draft, beside its children. */
interface Judged {
  readonly findings: readonly Finding[]
  readonly overridden: boolean
  readonly approvalFrom: number
}

/** A sealed plan as the operation it becomes. */
export function newOperation(
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
