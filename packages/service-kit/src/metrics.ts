import type { ConsumeMetrics } from '@umbel/messaging'
import type { RpcMetrics } from '@umbel/rpc'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A service's metrics. Names are `umbel_<service>_<noun>_<measure>`; labels have few values, never an id or a person. */
export interface Metrics {
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  /** Read anew at every scrape; a read that fails is counted and leaves the last value, and the scrape goes on. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** What consumers count. */
  readonly consume: ConsumeMetrics
  /** What the rpc server counts. */
  readonly rpc: RpcMetrics
  text(): Promise<string>
}

/** A registry of its own for each service, so that several can live in one process. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const prefix = `umbel_${service.replaceAll('-', '_')}`
  const counter = <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
    new Counter<L>({ name: `${prefix}_${name}`, help, labelNames: [...labels], registers })
  const unread = counter('gauge_failures', 'Gauges that could not be read at a scrape', ['gauge'])
  return {
    counter,
    gauge: (name, help, read) => {
      const collect = async () => {
        try {
          gauge.set(await read())
        } catch {
          unread.inc({ gauge: name }) // what it reads is away; the other metrics are needed most of all then
        }
      }
      const gauge: Gauge = new Gauge({ name: `${prefix}_${name}`, help, registers, collect })
    },
    consume: consumeMetrics(counter),
    rpc: rpcMetrics(prefix, registry),
    text: () => registry.metrics(),
  }
}

/** What waits in the outbox. */
export function watchOutbox(
  metrics: Metrics,
  depth: () => Promise<{ readonly rows: number; readonly ageS: number }>,
): void {
  metrics.gauge('outbox_rows', 'Events that wait to be published', async () => (await depth()).rows)
  metrics.gauge('outbox_lag', 'Seconds that the oldest event has waited', async () => (await depth()).ageS)
}

function consumeMetrics(counter: Metrics['counter']): ConsumeMetrics {
  const messages = counter('event_messages', 'Messages by consumer and what became of them', ['consumer', 'outcome'])
  const gaps = counter('event_gaps', 'Events that showed that earlier ones were missing', ['consumer'])
  const pauses = counter('event_pauses', 'Times a consumer waited for something that was away', ['consumer'])
  return {
    messages: (consumer, outcome, count) => messages.inc({ consumer, outcome }, count),
    gaps: (consumer, count) => gaps.inc({ consumer }, count),
    pauses: (consumer) => pauses.inc({ consumer }),
  }
}

function rpcMetrics(prefix: string, registry: Registry): RpcMetrics {
  const duration = new Histogram({
    name: `${prefix}_rpc_duration`,
    help: 'Seconds from a call to its answer, by method and outcome',
    labelNames: ['method', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return { handled: (method, code, seconds) => duration.observe({ method, code }, seconds) }
}
