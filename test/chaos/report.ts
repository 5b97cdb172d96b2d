import { type Counter, counters, type Finding, RUN_ENDS } from './check/finding.ts'
import type { Options } from './options.ts'
import type { RunResult } from './run.ts'
import { storyOf } from './standing.ts'

export type Totals = Readonly<Record<Counter | 'runs' | 'operations' | 'acknowledged' | 'unknown', number>>

type Asked = Pick<Options, 'control'>

const sum = (runs: readonly RunResult[], of: (run: RunResult) => number) => runs.reduce((all, run) => all + of(run), 0)

/** What all runs come to. A run whose harm was never done proves nothing; what it found counts. */
export function totalsOf(all: readonly RunResult[]): Totals {
  const runs = all.filter(({ struck }) => struck)
  const counted = Object.fromEntries(counters.map((name) => [name, sum(all, ({ verdict }) => verdict[name])]))
  return {
    runs: runs.length,
    operations: sum(runs, ({ verdict }) => verdict.operations),
    acknowledged: sum(runs, ({ verdict }) => verdict.acknowledged),
    ...(counted as Record<Counter, number>),
    unknown: sum(runs, ({ verdict }) => verdict.unknown),
  }
}

/** Faults that struck in none of their runs: what would have come of them nobody knows. */
export const untriedOf = (results: readonly RunResult[]): string[] =>
  [...Map.groupBy(results, storyOf)].filter(([, runs]) => !runs.some(({ struck }) => struck)).map(([story]) => story)

/** What an invocation ends with. */
export interface Outcome {
  /** 0: all promises held. 1: one was broken, or a fault never struck; of a control: it was seen. 2: a control broke off. */
  readonly code: 0 | 1 | 2
  /** Why, a line each. */
  readonly why: readonly string[]
}

export function outcomeOf({ control }: Asked, results: readonly RunResult[]): Outcome {
  if (control !== undefined) return controlled(control, results)
  const totals = totalsOf(results)
  const broken = counters.some((name) => totals[name] > 0)
  const untried = untriedOf(results)
  return {
    code: broken || untried.length > 0 ? 1 : 0,
    why: untried.map((story) => `${story}: did not strike in any run`),
  }
}

/** Only what the missing guard lets happen shows that the checker sees: a run may break off for reasons of its own. */
function controlled(control: string, results: readonly RunResult[]): Outcome {
  const findings = results.flatMap(({ verdict }) => verdict.findings)
  if (findings.some(isEffect)) return { code: 1, why: [] }
  if (findings.some(({ rule }) => rule === RUN_ENDS))
    return { code: 2, why: [`control ${control}: the run broke off, which says nothing of the checker`] }
  return { code: 0, why: [`control ${control}: the checker saw nothing of it`] }
}

const isEffect = ({ counter, operationId, ticketId }: Finding) =>
  (counter === 'doubled' || counter === 'foreignTokens') && Boolean(operationId) && Boolean(ticketId)

/** What was found in a run, a line each, for whoever has to look. */
export const findingsOf = ({ run, fault, history, verdict }: RunResult): string[] =>
  verdict.findings.map(
    ({ counter, rule, what, operationId, ticketId, lines }) =>
      `run ${run} (${fault}) ${counter} [${rule}] operation ${operationId ?? '-'}, child ${ticketId ?? '-'}: ${what}; ${history} lines ${lines.join(', ')}`,
  )

/** What is printed: the totals and what was not tried, and for a control also what was found, since that is what it is for. */
export const reportOf = ({ control }: Asked, results: readonly RunResult[]) => ({
  ...totalsOf(results),
  untried: untriedOf(results),
  ...(control !== undefined && {
    control,
    findings: results.flatMap(({ verdict }) => verdict.findings).slice(0, SHOWN),
  }),
})

const SHOWN = 10
