import { type Spread, spreadOf } from './figures.ts'
import type { ImportFigures } from './import.ts'
import { modelInAll, type StageFigure, stagesOf } from './model.ts'
import type { OperationFigures } from './operation.ts'
import { p99, type SizeFigures, spread } from './size.ts'
import { targetOf } from './targets.ts'

export interface Host {
  readonly cores: number
  readonly fsync: boolean
}

const interactive = (runs: readonly OperationFigures[]): Spread => spreadOf(runs.map((run) => run.interactive.p99Ms))

/** One flat object, medians first: what a script reads. Times are of the broadcast unless their name says otherwise. */
export function jsonOf(size: SizeFigures, imported: ImportFigures | undefined, host: Host) {
  const { children, linkedS, broadcast, labels, close, webhook, pauseAcksMs, cold, rssMb, rssIdleMb } = size
  const of = (name: Parameters<typeof spread>[1]) => spread(broadcast, name).median
  return {
    children,
    linkedS,
    plannedS: of('plannedS'),
    closedS: of('closedS'),
    settledS: of('settledS'),
    mailedS: of('mailedS'),
    webhookS: spread(webhook, 'webhookS').median,
    cpuMsPerChild: of('cpuMsPerChild'),
    interactiveP99Ms: interactive(broadcast).median,
    interactiveErrors: size.interactiveErrors,
    historyEvents: of('historyEvents'),
    rssMb,
    rssIdleMb,
    pauseAckP99Ms: p99(pauseAcksMs),
    pauses: pauseAcksMs.length,
    closeKind: {
      closedS: spread(close, 'closedS'),
      settledS: spread(close, 'settledS'),
      cpuMsPerChild: spread(close, 'cpuMsPerChild'),
    },
    labelsKind: {
      closedS: spread(labels, 'closedS'),
      settledS: spread(labels, 'settledS'),
      cpuMsPerChild: spread(labels, 'cpuMsPerChild'),
    },
    spread: {
      closedS: spread(broadcast, 'closedS'),
      settledS: spread(broadcast, 'settledS'),
      mailedS: spread(broadcast, 'mailedS'),
      cpuMsPerChild: spread(broadcast, 'cpuMsPerChild'),
      interactiveP99Ms: interactive(broadcast),
    },
    cpuMsPerChildByStage: broadcast.at(-1)?.cpuMsPerChildByStage ?? {},
    stages: stagesOf(broadcast),
    cold,
    ...(imported === undefined ? {} : { import: imported }),
    host: { ...host, loadAndSinks: 'on the same host' },
    runs: broadcast.length,
  }
}

/** The same for people: each figure next to its target. */
export function tableOf(size: SizeFigures, host: Host): string {
  const { children, broadcast, close, labels, webhook, pauseAcksMs, cold } = size
  const row = (what: string, figure: string, { median, low, high }: Spread, unit: string) => {
    const { target, accept, reject } = targetOf(children, figure) ?? {}
    const verdict = target === undefined ? '' : verdictOf(median, { target, accept: accept ?? 0, reject: reject ?? 0 })
    return `| ${what} | ${median} ${unit} | ${low}–${high} | ${target ?? ''} | ${accept ?? ''} | ${reject ?? ''} | ${verdict} |`
  }
  const single = (value: number): Spread => ({ median: value, low: value, high: value })
  return [
    `### ${children} children`,
    '',
    `Median of ${broadcast.length} warm runs on ${host.cores} cores; servers, services, load and sinks all on this host, fsync on; warm: 4,000 children or more were told before.`,
    '',
    '| figure | median | range | target | accept | reject | |',
    '|---|--:|--:|--:|--:|--:|---|',
    row('linked', 'linkedS', single(size.linkedS), 's'),
    row('planned', 'plannedS', spread(broadcast, 'plannedS'), 's'),
    row('closed', 'closedS', spread(broadcast, 'closedS'), 's'),
    row('settled', 'settledS', spread(broadcast, 'settledS'), 's'),
    row('mailed', 'mailedS', spread(broadcast, 'mailedS'), 's'),
    row('mailed, cold', 'coldS', single(cold.mailedS), 's'),
    row('told to a webhook', 'webhookS', spread(webhook, 'webhookS'), 's'),
    row('kind close: settled', 'closeS', spread(close, 'settledS'), 's'),
    row('kind labels: settled', 'labelsS', spread(labels, 'settledS'), 's'),
    row('interactive p99', 'interactiveP99Ms', interactive(broadcast), 'ms'),
    row('interactive errors, all runs', 'interactiveErrors', single(size.interactiveErrors), ''),
    row(`pause acknowledged, p99 of ${pauseAcksMs.length}`, 'pauseAckP99Ms', single(p99(pauseAcksMs)), 'ms'),
    row('Temporal history', 'historyEvents', spread(broadcast, 'historyEvents'), 'events'),
    row('CPU per child', 'cpuMsPerChild', spread(broadcast, 'cpuMsPerChild'), 'ms'),
    '',
    `CPU per child by stage; the model has ${modelInAll} ms in all, sink included.`,
    '',
    '| stage | ms | model | times | above 1.5 times, since |',
    '|---|--:|--:|--:|---|',
    ...stagesOf(broadcast).map(stageRow),
    '',
    `Memory, MB (idle): ${Object.entries(size.rssMb)
      .map(([name, mb]) => `${name} ${mb} (${size.rssIdleMb[name] ?? 0})`)
      .join(', ')}`,
    '',
  ].join('\n')
}

const stageRow = ({ stage, ms, modelMs, times = 0, why = '' }: StageFigure) =>
  `| ${stage} | ${ms} | ${modelMs || ''} | ${times || ''} | ${why} |`

function verdictOf(
  value: number,
  { target, accept, reject }: { target: number; accept: number; reject: number },
): string {
  if (value <= target) return 'on target'
  if (value <= accept) return 'accepted'
  return value < reject ? 'above accept' : 'REJECT'
}
