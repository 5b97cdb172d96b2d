import type { Broker } from '@umbel/messaging'
import { openTemporal, until } from '@umbel/test-kit'
import type { Plan, Operation as RestOperation } from '../support/shapes.ts'
import type { World } from '../support/world.ts'
import { perChild, type Usage } from './cpu.ts'
import { rounded, seconds } from './figures.ts'
import type { InteractiveLoad, Latency } from './interactive.ts'
import type { Population } from './population.ts'
import { PATIENT_MS, settledAt } from './settled.ts'
import type { Sinks } from './sink-process.ts'

/** What an operation of the benchmark asks for; the body of `POST /v1/masters/{id}/operations`. */
export interface Asked {
  readonly kind: 'broadcast' | 'close' | 'labels' | 'set_status'
  readonly [field: string]: unknown
}

/** What an operation is to bring about outside, and is waited for. */
export interface Expected {
  readonly mails?: boolean
  readonly hooks?: boolean
}

/** Seconds from the accepted start, hold excluded; planning apart. */
export interface OperationFigures {
  readonly plannedS: number
  /** The last page has committed. */
  readonly closedS: number
  /** Every consumer has too: outcomes, linking, rollup, notifications recorded; to about 0.1 s. */
  readonly settledS: number
  /** The last mail is accepted; 0 where nobody is written to. */
  readonly mailedS: number
  /** The last webhook call is answered; 0 without a webhook. */
  readonly webhookS: number
  readonly cpuMsPerChild: number
  readonly cpuMsPerChildByStage: Readonly<Record<string, number>>
  readonly interactive: Latency
  readonly historyEvents: number
  readonly applied: number
}

export interface Bench {
  readonly world: World
  readonly sinks: Sinks
  readonly broker: Broker
  readonly measure: () => Usage
  readonly interactive: () => Promise<InteractiveLoad>
}

/** Plans, starts and watches one operation to its end, with people at work beside it. */
export async function measureOperation(
  { world, sinks, broker, measure, interactive }: Bench,
  population: Population,
  asked: Asked,
  expects: Expected = {},
): Promise<OperationFigures> {
  const { workspace, masterId, children } = population
  const { agent } = workspace
  const begun = performance.now()
  const { operation, applying } = await agent.post<Plan>(`/v1/masters/${masterId}/operations`, {
    holdSeconds: 0,
    ...asked,
  })
  const plannedS = seconds(performance.now() - begun)
  await sinks.clear()
  const load = await interactive()
  const before = measure()
  const started = await agent.post<RestOperation>(`/v1/operations/${operation.id}/start`, {
    planHash: operation.planHash,
    confirm: applying,
  })
  const accepted = Date.parse(started.acceptedAt)
  const closed = await until(async () => isClosed(await agent.get<RestOperation>(`/v1/operations/${operation.id}`)), {
    deadlineMs: PATIENT_MS,
    what: 'the last page',
  })
  const settled = await settledAt(world, broker, population, { operation: closed, kind: asked.kind })
  const sunk = await until(
    async () => {
      const now = await sinks.read()
      const mailed = !expects.mails || now.mails >= closed.progress.applied
      return mailed && (!expects.hooks || now.hooks >= closed.progress.applied) ? now : undefined
    },
    { deadlineMs: PATIENT_MS, what: 'the last mail and webhook call' },
  )
  const latency = await load.end()
  const ended = await until(
    async () => {
      const now = await agent.get<RestOperation>(`/v1/operations/${operation.id}`)
      return now.finishedAt === null ? undefined : now
    },
    { deadlineMs: PATIENT_MS, what: 'the last outcome of a notification' },
  )
  const byStage = perChild(before, measure(), children)
  return {
    plannedS,
    closedS: seconds(Date.parse(closed.closedAt ?? '') - accepted),
    settledS: seconds(settled - accepted),
    mailedS: expects.mails ? seconds(sunk.lastMailAt - accepted) : 0,
    webhookS: expects.hooks ? seconds(sunk.lastHookAt - accepted) : 0,
    cpuMsPerChild: rounded(Object.values(byStage).reduce((sum, ms) => sum + ms, 0)),
    cpuMsPerChildByStage: byStage,
    interactive: latency,
    historyEvents: await historyEvents(workspace.id, operation.id),
    applied: ended.progress.applied,
  }
}

const isClosed = (operation: RestOperation) => (operation.closedAt === null ? undefined : operation)

async function historyEvents(workspaceId: string, operationId: string): Promise<number> {
  await using temporal = await openTemporal()
  const { historyLength } = await temporal.client.workflow
    .getHandle(`operation/${workspaceId}/${operationId}`)
    .describe()
  return historyLength
}
