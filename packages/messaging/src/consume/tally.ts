import type { Outcome } from './metrics.ts'

/** A stream whose earlier events were missing. */
export interface Gap {
  readonly workspaceId: string
  readonly streamKey: string
}

/** What became of messages, counted; told to metrics once it has committed. */
export interface Tally {
  readonly counts: Readonly<Partial<Record<Outcome, number>>>
  readonly gaps: readonly Gap[]
}

export const counted = (outcome: Outcome, count = 1): Tally => ({ counts: { [outcome]: count }, gaps: [] })

export function sum(tallies: readonly Tally[]): Tally {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const tally of tallies)
    for (const [outcome, count] of Object.entries(tally.counts) as [Outcome, number][])
      counts[outcome] = (counts[outcome] ?? 0) + count
  return { counts, gaps: tallies.flatMap(({ gaps }) => gaps) }
}
