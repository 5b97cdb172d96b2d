import type { ConsumeMetrics } from '@umbel/messaging'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** A service's metrics. Names are `umbel_<service>_<noun>_<measure>`; labels have few values, never an id or a person. */
export interface Metrics {
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  /** Read anew at every scrape. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** What consumers count. */
  readonly consume: ConsumeMetrics
  text(): Promise<string>
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const prefix = `umbel_${service.replaceAll('-', '_')}`
  const counter = <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
    new Counter<L>({ name: `${prefix}_${name}`, help, labelNames: [...labels], registers: [registry] })
  const messages = counter('event_messages', 'Messages by consumer and what became of them', ['consumer', 'outcome'])
  const gaps = counter('event_gaps', 'Events that showed that earlier ones were missing', ['consumer'])
  const pauses = counter('event_pauses', 'Times a consumer waited for something that was away', ['consumer'])
  return {
    counter,
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({
        name: `${prefix}_${name}`,
        help,
        registers: [registry],
        collect: async () => gauge.set(await read()),
      })
    },
    consume: {
      messages: (consumer, outcome, count) => messages.inc({ consumer, outcome }, count),
      gaps: (consumer, count) => gaps.inc({ consumer }, count),
      pauses: (consumer) => pauses.inc({ consumer }),
    },
    text: () => registry.metrics(),
  }
}
