import type { HistoryLine } from '../history.ts'

export const counters = [
  'lost',
  'doubled',
  'foreignTokens',
  'orderBreaks',
  'changesAfterPause',
  'mailsAfterPause',
] as const
export type Counter = (typeof counters)[number]

/** A promise that was broken: whose, and the lines of the history that show it. */
export interface Finding {
  readonly counter: Counter
  readonly rule: string
  readonly what: string
  readonly operationId?: string
  readonly ticketId?: string
  /** Line numbers of the history. */
  readonly lines: readonly number[]
}

/** The rule of a run that broke off: its history has no end that could be held against the others. */
export const RUN_ENDS = 'run-ends'

/** A rule looks at a whole history and at nothing else. */
export type Rule = (history: readonly HistoryLine[]) => Finding[]

export const linesOf = (lines: readonly HistoryLine[]): number[] => lines.map(({ line }) => line)

/** The lines that have the same key, in the order of their first. */
export const groups = <T>(lines: readonly T[], key: (line: T) => string): [string, T[]][] => [
  ...Map.groupBy(lines, key),
]
