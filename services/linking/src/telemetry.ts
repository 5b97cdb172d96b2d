import type { Logger, Metrics } from '@umbel/service-kit'
import type { Drift } from './domain/rollup.ts'

/** Declarations of sources that a rule of linking forbids. */
export function countImpossible(metrics: Metrics): (count: number) => void {
  const impossible = metrics.counter('declarations_impossible', 'Declared links that a rule of linking forbids')
  return (count) => impossible.inc(count)
}

/** Rollups that were not what a recount gave; 0 in every healthy day. */
export function tellDrift(metrics: Metrics, log: Logger): (drifts: readonly Drift[]) => void {
  const drifted = metrics.counter('rollup_drifts', 'Figures of rollups that differed from a recount and were repaired')
  return (drifts) => {
    drifted.inc(drifts.length)
    for (const drift of drifts) log.warn(drift, 'a rollup had drifted and was repaired')
  }
}
