import type { Operation } from './operation.ts'

/** As much of an operation as people decide about: each change of it is an entry of the record. */
export interface RecordedStanding {
  readonly state: string
  readonly epoch: number
  readonly rate: number
  readonly approvedBy: string
  readonly startedBy: string
}

export const recordedStanding = ({ state, epoch, rate, approvedBy, startedBy }: Operation): RecordedStanding => ({
  state,
  epoch,
  rate,
  approvedBy,
  startedBy,
})

/** What happened between two standings, in one word; undefined where nobody decided anything. */
export function whatHappened(before: RecordedStanding, now: RecordedStanding): string | undefined {
  if (now.approvedBy !== before.approvedBy) return 'approved'
  if (now.startedBy !== '' && before.startedBy === '') return 'started'
  if (now.state !== before.state) return isResumed(before, now) ? 'resumed' : now.state
  if (now.rate !== before.rate) return 'rate'
  return now.epoch === before.epoch ? undefined : 'retried'
}

// an end that comes while it is paused takes no further epoch: nobody resumed anything
const isResumed = (before: RecordedStanding, now: RecordedStanding): boolean =>
  before.state === 'paused' && now.state !== 'cancelled' && now.epoch > before.epoch

/** What the plan froze, for the first entry; `digestOf` stands in for each text. */
export function recordedPlan(
  operation: Operation,
  digestOf: (text: string) => string,
): Readonly<Record<string, unknown>> {
  const { kind, masterId, planHash, holdSeconds, applying, hidden, items, change, overrideReason } = operation
  return {
    kind,
    masterId,
    planHash,
    holdSeconds,
    applying,
    hidden,
    total: items.total,
    change,
    overrideReason,
    texts: textsOf(operation).map(({ locale, text }) => ({ locale, sha256: digestOf(text) })),
  }
}

const textsOf = ({ text, variants }: Operation) => (text === '' ? [] : [{ locale: '', text }, ...variants])
