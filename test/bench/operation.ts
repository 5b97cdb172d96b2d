import { openTemporal, until } from '@umbel/test-kit'
import type { Plan, Operation as RestOperation, Rollup } from '../support/shapes.ts'
import type { World } from '../support/world.ts'
import { perChild, type Usage } from './cpu.ts'
import { rounded, seconds } from './figures.ts'
import type { InteractiveLoad, Latency } from './interactive.ts'
import type { Population } from './population.ts'
import type { Sinks } from './sink-process.ts'

/** What an operation of the benchmark asks for; the body of `POST /v1/masters/{id}/operations`. */
export interface Asked {
  readonly kind: 'broadcast' | 'close' | 'labels' | 'set_status'
  readonly [field: string]: unknown
}

/** Seconds from the accepted start, hold excluded; planning apart. */
export interface OperationFigures {
  readonly plannedS: number
  /** The last page has committed. */
  readonly closedS: number
  /** Every consumer has too: outcomes, rollup, notifications recorded. */
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
  readonly measure: () => Usage
  readonly interactive: () => InteractiveLoad
}

const PATIENT_MS = 600_000

/** Plans, starts and watches one operation to its end, with people at work beside it. */
export async function measureOperation(
  { world, sinks, measure, interactive }: Bench,
  { workspace, masterId, children }: Population,
  asked: Asked,
  expects: { readonly mails?: boolean; readonly hooks?: boolean } = {},
): Promise<OperationFigures> {
  const { agent } = workspace
  const begun = performance.now()
  const { operation, applying } = await agent.post<Plan>(`/v1/masters/${masterId}/operations`, {
    holdSeconds: 0,
    ...asked,
  })
  const plannedS = seconds(performance.now() - begun)
  await sinks.clear()
  const before = measure()
  const load = interactive()
  const started = await agent.post<RestOperation>(`/v1/operations/${operation.id}/start`, {
    planHash: operation.planHash,
    confirm: applying,
  })
  const accepted = Date.parse(started.acceptedAt)
  const closed = await until(async () => isClosed(await agent.get<RestOperation>(`/v1/operations/${operation.id}`)), {
    deadlineMs: PATIENT_MS,
    what: 'the last page',
  })
  const settledAt = await settled(world, workspace.agent, masterId, operation.id, closed, asked)
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
    settledS: seconds(settledAt - accepted),
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

/** When the slowest consumer had the last page: by the clock of its own rows where it keeps one. */
async function settled(
  world: World,
  agent: Population['workspace']['agent'],
  masterId: string,
  operationId: string,
  closed: RestOperation,
  { kind }: Asked,
): Promise<number> {
  const owed = closed.progress.notificationsOwed
  const { at: recorded } = await until(
    async () => {
      const [row] = await world.sql<{ n: string; at: Date | null }>(
        'notification',
        "select count(*) as n, max(created_at) as at from notification where operation_id = $1 and channel = 'mail'",
        [operationId],
      )
      return Number(row?.n) >= owed ? { at: row?.at?.getTime() ?? 0 } : undefined
    },
    { deadlineMs: PATIENT_MS, what: 'every notification recorded' },
  )
  let rollupAt = 0
  if (kind === 'close')
    rollupAt = await until(
      async () => {
        const rollup = await agent.get<Rollup>(`/v1/masters/${masterId}/rollup`)
        return rollup.children.closed >= closed.progress.applied ? Date.now() : undefined
      },
      { deadlineMs: PATIENT_MS, what: 'the rollup' },
    )
  return Math.max(Date.parse(closed.closedAt ?? ''), recorded, rollupAt)
}

async function historyEvents(workspaceId: string, operationId: string): Promise<number> {
  await using temporal = await openTemporal()
  const { historyLength } = await temporal.client.workflow
    .getHandle(`operation/${workspaceId}/${operationId}`)
    .describe()
  return historyLength
}
