import type { RunFigures } from './artefact.ts'

/** What the page is made of, as the runs left it. */
export interface TableData {
  readonly made: readonly Made[]
  /** Those of the first invocation, then those of the next. */
  readonly runs: readonly RunFigures[]
}

interface Made {
  readonly commit: string
  readonly committedAt: string
  readonly command: string
  readonly runs: number
}

/** A run, and when what it ran was committed. */
export type DatedRun = RunFigures & Pick<Made, 'committedAt'>

export const datedRuns = ({ made, runs }: TableData): readonly DatedRun[] => {
  const dates = made.flatMap(({ committedAt, runs: count }) => Array.from({ length: count }, () => committedAt))
  return runs.map((run, at) => ({ ...run, committedAt: dates[at] ?? '' }))
}

export const storyOf = ({ fault, scenario }: Pick<RunFigures, 'fault' | 'scenario'>): string =>
  `${fault} during ${scenario}`

/** A race passes once or twice by luck. */
export const PASSES = 3

/** Runs that found something which has not held since: their numbers stand. */
export const stillBroken = (runs: readonly DatedRun[]): readonly DatedRun[] =>
  runs.filter((run) => run.findings > 0 && passesSince(run, runs) < PASSES)

/** How often its story held at a later commit. At the same one nothing was mended: it was luck. */
export const passesSince = (broken: DatedRun, runs: readonly DatedRun[]): number =>
  runs.filter(
    (run) =>
      run.struck && run.findings === 0 && storyOf(run) === storyOf(broken) && run.committedAt > broken.committedAt,
  ).length
