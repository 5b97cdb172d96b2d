import { describe, expect, it } from 'vitest'
import type { OperationFigures } from './operation.ts'
import { jsonOf, tableOf } from './report.ts'
import type { SizeFigures } from './size.ts'

const host = { cores: 2, fsync: true }
const run: OperationFigures = {
  plannedS: 0.1,
  closedS: 1,
  settledS: 1.2,
  mailedS: 2,
  webhookS: 0,
  cpuMsPerChild: 1,
  cpuMsPerChildByStage: {},
  interactive: { count: 20, p50Ms: 5, p95Ms: 8, p99Ms: 9, maxMs: 10, errors: 0 },
  historyEvents: 30,
  applied: 200,
}
const size = (interactiveErrors: number): SizeFigures => ({
  children: 200,
  linkedS: 1,
  cold: run,
  broadcast: [run],
  labels: [run],
  close: [run],
  webhook: [run],
  interactiveErrors,
  pauseAcksMs: [40, 50],
  rssIdleMb: {},
  rssMb: {},
})

describe('the figures of a size', () => {
  it('tell of failed updates beside the latency of the others', () => {
    expect(jsonOf(size(3), undefined, host)).toMatchObject({ interactiveP99Ms: 9, interactiveErrors: 3, pauses: 2 })
    expect(tableOf(size(3), host)).toMatch(/interactive errors, all runs \| 3 .*REJECT/)
    expect(tableOf(size(0), host)).toMatch(/interactive errors, all runs \| 0 .*on target/)
  })

  it('tell how many pauses their p99 is of', () =>
    expect(tableOf(size(0), host)).toContain('pause acknowledged, p99 of 2 | 50 ms'))
})
