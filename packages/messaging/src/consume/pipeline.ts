import type { Reading } from './reading.ts'
import type { Tally } from './tally.ts'

/** Readings that stand or fall together. The signal ends their work when their partitions are taken away. */
export interface Work {
  readonly readings: readonly Reading[]
  readonly signal: AbortSignal
}

/** Does the work; says what became of the messages. */
export type Step = (work: Work) => Promise<Tally>

/** One thing that happens around the step within: one file each, `with-*.ts`. */
export type Behaviour = (next: Step) => Step

/** The step within all of the behaviours; the first is the outermost. */
export const pipeline = (behaviours: readonly Behaviour[], step: Step): Step =>
  behaviours.reduceRight((next, behaviour) => behaviour(next), step)
