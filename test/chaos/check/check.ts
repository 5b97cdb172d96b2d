import { type HistoryLine, only } from '../history.ts'
import { acknowledgedIsKept } from './acknowledged.ts'
import { auditIsState } from './audit.ts'
import { oneEffectEach } from './effects.ts'
import { type Counter, counters, type Finding, type Rule } from './finding.ts'
import { oneHookEach } from './hooks.ts'
import { oneMailEach, unknownMails } from './mails.ts'
import { oneOutcomeEach } from './outcomes.ts'
import { pauseStopsChanges, pauseStopsMails } from './pause.ts'
import { rollupIsRecount } from './rollup.ts'
import { tokensStayHome } from './tokens.ts'
import { versionsRise } from './versions.ts'

/** What a history proves, and what it does not. */
export type Verdict = Readonly<Record<Counter, number>> & {
  readonly operations: number
  readonly acknowledged: number
  readonly unknown: number
  readonly findings: readonly Finding[]
}

export const rules: readonly Rule[] = [
  acknowledgedIsKept,
  oneOutcomeEach,
  oneEffectEach,
  oneMailEach,
  oneHookEach,
  versionsRise,
  auditIsState,
  rollupIsRecount,
  pauseStopsChanges,
  pauseStopsMails,
  tokensStayHome,
]

/** Holds every promise against the history of one run. Reads nothing else. */
export function check(history: readonly HistoryLine[]): Verdict {
  const findings = rules.flatMap((rule) => rule(history))
  const count = (counter: Counter) => findings.filter((finding) => finding.counter === counter).length
  return {
    ...(Object.fromEntries(counters.map((counter) => [counter, count(counter)])) as Record<Counter, number>),
    operations: only(history, 'operation').length,
    acknowledged: only(history, 'call').filter(({ phase }) => phase === 'ok').length,
    unknown: unknownMails(history),
    findings,
  }
}
