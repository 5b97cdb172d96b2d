import type { Metrics } from '@umbel/service-kit'
import type { UpstreamCounts } from './commands/follow-upstream.ts'

/** What is counted of upstream events. */
export function upstreamCounts(metrics: Metrics): UpstreamCounts {
  const dropped = metrics.counter('upstream_dropped', 'Upstream events whose sequence was seen before')
  const unmapped = metrics.counter('upstream_unmapped', 'Upstream events with a status that has no equal here')
  return { dropped: (count) => dropped.inc(count), unmappedStatus: (count) => unmapped.inc(count) }
}

/** Tickets that were closed for good after their time as solved. */
export function countClosed(metrics: Metrics): (count: number) => void {
  const closed = metrics.counter('sweep_closed', 'Solved tickets that were closed for good')
  return (count) => closed.inc(count)
}
