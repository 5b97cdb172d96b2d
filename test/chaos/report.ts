import { type Counter, counters } from './check/finding.ts'
import type { Options } from './options.ts'
import type { RunResult } from './run.ts'

export type Totals = Readonly<Record<Counter | 'runs' | 'operations' | 'acknowledged' | 'unknown', number>>

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

/** Whether any promise was broken. */
export const isBroken = (totals: Totals): boolean => counters.some((name) => totals[name] > 0)

/** What was found in a run, a line each, for whoever has to look. */
export const findingsOf = ({ run, fault, history, verdict }: RunResult): string[] =>
  verdict.findings.map(
    ({ counter, rule, what, operationId, ticketId, lines }) =>
      `run ${run} (${fault}) ${counter} [${rule}] operation ${operationId ?? '-'}, child ${ticketId ?? '-'}: ${what}; ${history} lines ${lines.join(', ')}`,
  )

/** What is printed: the totals, and for a control also what was found, since that is what it is for. */
export const reportOf = ({ control }: Pick<Options, 'control'>, totals: Totals, results: readonly RunResult[]) =>
  control === undefined
    ? totals
    : { ...totals, control, findings: results.flatMap(({ verdict }) => verdict.findings).slice(0, SHOWN) }

const SHOWN = 10
