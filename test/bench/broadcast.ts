import { until } from '@umbel/test-kit'
import { ended } from '../support/operate.ts'
import { outageOf } from '../support/outage.ts'
import type { Operation, Plan } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import type { World } from '../support/world.ts'
import { perChild, type Usage } from './cpu.ts'

/** Seconds from the accepted start: the last page committed, every consumer done, the last mail accepted. */
export interface BroadcastFigures {
  readonly children: number
  /** From the first upstream event until the rollup shows every child. */
  readonly linkedS: number
  readonly plannedS: number
  readonly closedS: number
  readonly settledS: number
  readonly mailedS: number
  readonly cpuMsPerChild: Readonly<Record<string, number>>
  readonly cpuMsPerChildTotal: number
}

const seconds = (ms: number): number => Math.round(ms) / 1000

/** Makes an outage, broadcasts to it without a hold, and measures. */
export async function measureBroadcast(
  world: World,
  workspace: Workspace,
  children: number,
  name: string,
  measure: () => Usage,
): Promise<BroadcastFigures> {
  const begun = performance.now()
  const outage = await outageOf(world, workspace, children, name)
  const linked = performance.now()
  const plan = await workspace.agent.post<Plan>(`/v1/masters/${outage.masterId}/operations`, {
    kind: 'broadcast',
    text: `We are rolling it back (${name}).`,
    holdSeconds: 0,
  })
  const planned = performance.now()
  world.mailbox.reset()
  const before = measure()
  const { id, planHash } = plan.operation
  const started = await workspace.agent.post<Operation>(`/v1/operations/${id}/start`, {
    planHash,
    confirm: plan.applying,
  })
  const accepted = Date.parse(started.acceptedAt)
  let mailed = 0
  await until(
    () => {
      if (world.mailbox.messages().length < children) return false
      mailed = Date.now() - accepted
      return true
    },
    { deadlineMs: 300_000, what: `${children} mails` },
  )
  const done = await ended(workspace.agent, id, 300_000)
  const cpuMsPerChild = perChild(before, measure(), children)
  return {
    children,
    linkedS: seconds(linked - begun),
    plannedS: seconds(planned - linked),
    closedS: seconds(Date.parse(done.closedAt ?? '') - accepted),
    settledS: seconds(Date.parse(done.finishedAt ?? '') - accepted),
    mailedS: seconds(mailed),
    cpuMsPerChild,
    cpuMsPerChildTotal: Math.round(Object.values(cpuMsPerChild).reduce((sum, ms) => sum + ms, 0) * 1000) / 1000,
  }
}
