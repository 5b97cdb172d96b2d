import type { ConsumerOptions } from './consumer-options.ts'
import type { Outcome } from './metrics.ts'
import type { Behaviour } from './pipeline.ts'
import type { Tally } from './tally.ts'

/** Counts what became of messages, and raises the alarm over gaps. */
export const withMetrics =
  (consumer: ConsumerOptions): Behaviour =>
  (next) =>
  async (work) => {
    const tally = await next(work)
    report(consumer, tally)
    return tally
  }

export function report({ name, metrics, log }: ConsumerOptions, { counts, gaps }: Tally): void {
  for (const [outcome, count] of Object.entries(counts))
    if (count > 0) metrics.messages(name, outcome as Outcome, count)
  if (gaps.length === 0) return
  metrics.gaps(name, gaps.length)
  log.error({ consumer: name, streams: gaps.slice(0, 10) }, 'events are missing before those that came')
}
