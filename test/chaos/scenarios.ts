import { setTimeout as pause } from 'node:timers/promises'
import { until } from '@umbel/test-kit'
import { ProblemError } from '../support/api.ts'
import { ended, itemsOf } from '../support/operate.ts'
import type { Operation, Plan } from '../support/shapes.ts'
import type { Verb } from './history.ts'
import { ownText, probe, reached, type Stage } from './stage.ts'

export type ScenarioName = 'broadcast' | 'close' | 'pause' | 'cancel' | 'undo' | 'unlink' | 'retry'

/** What people do while things break; answers with the operations they started. */
export type Scenario = (stage: Stage, begun: (operationId: string) => void) => Promise<readonly string[]>

const QUIET_MS = 1_500
const PATIENT_MS = 120_000

interface Wanted {
  readonly kind: string
  readonly [field: string]: unknown
}

const control = (stage: Stage, verb: Verb, operationId: string, path: string = verb): Promise<Operation> =>
  stage.client.call({ verb, operationId }, (headers) =>
    stage.workspace.agent.post<Operation>(`/v1/operations/${operationId}/${path}`, {}, headers),
  )

async function planned(stage: Stage, path: string, body: unknown, verb: Verb): Promise<Plan> {
  return stage.client.call(
    { verb },
    (headers) => stage.workspace.agent.post<Plan>(path, body, headers),
    ({ operation }) => ({ operationId: operation.id }),
  )
}

async function started(stage: Stage, { operation, applying }: Plan): Promise<string> {
  const { id: operationId, planHash } = operation
  await stage.client.call({ verb: 'start', operationId }, (headers) =>
    stage.workspace.agent.post(`/v1/operations/${operationId}/start`, { planHash, confirm: applying }, headers),
  )
  return operationId
}

async function operate(stage: Stage, begun: (id: string) => void, wanted: Wanted): Promise<string> {
  const plan = await planned(stage, `/v1/masters/${stage.masterId}/operations`, { holdSeconds: 0, ...wanted }, 'plan')
  begun(plan.operation.id)
  return started(stage, plan)
}

const broadcast = (): Wanted => ({ kind: 'broadcast', text: ownText() })

/** Somewhere between a tenth and six tenths of the children. */
const somewhere = ({ random, childIds }: Stage) => Math.floor(childIds.length * (0.1 + random() * 0.5))

/** Refused where the operation was quicker; that is an answer too. */
const unlessOver = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof ProblemError && error.problem.slug === 'operation-finished') return false
      throw error
    },
  )

async function quietly(stage: Stage, operationId: string): Promise<void> {
  await probe(stage, operationId)
  await pause(QUIET_MS) // time itself is what is tried: nothing may happen in it
  await probe(stage, operationId)
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  broadcast: async (stage, begun) => [await operate(stage, begun, broadcast())],
  close: async (stage, begun) => [await operate(stage, begun, { kind: 'close', text: ownText() })],
  async pause(stage, begun) {
    const id = await operate(stage, begun, broadcast())
    await reached(stage, id, somewhere(stage))
    if (!(await unlessOver(control(stage, 'pause', id)))) return [id]
    await quietly(stage, id)
    await control(stage, 'resume', id)
    return [id]
  },
  async cancel(stage, begun) {
    const id = await operate(stage, begun, broadcast())
    await reached(stage, id, somewhere(stage))
    if (await unlessOver(control(stage, 'cancel', id))) await quietly(stage, id)
    return [id]
  },
  async undo(stage, begun) {
    const labels = await operate(stage, begun, { kind: 'labels', addLabels: ['chaos'] })
    await ended(stage.workspace.agent, labels, PATIENT_MS)
    const plan = await planned(stage, `/v1/operations/${labels}/undo`, {}, 'plan')
    return [labels, await started(stage, plan)]
  },
  async unlink(stage, begun) {
    const id = await operate(stage, begun, broadcast())
    const path = `/v1/masters/${stage.masterId}/children`
    for (const ticketId of stage.childIds.filter((_, at) => at % 7 === 3))
      await stage.client.call({ verb: 'unlink', ticketId }, () =>
        stage.workspace.agent.delete(path, { ids: [ticketId] }),
      )
    return [id]
  },
  async retry(stage, begun) {
    const refused = stage.emails.filter((_, at) => at % 9 === 4)
    for (const email of refused) stage.desk.mailbox().refuse(email, { code: 550 })
    const id = await operate(stage, begun, broadcast())
    await ended(stage.workspace.agent, id, PATIENT_MS)
    for (const email of refused) stage.desk.mailbox().refuse(email, { code: 550, times: 0 })
    await control(stage, 'retry', id, 'retry-failed')
    await until(
      async () => (await itemsOf(stage.workspace.agent, id)).every(({ notification }) => notification !== 'failed'),
      {
        deadlineMs: PATIENT_MS,
        what: 'what had failed to be sent',
      },
    )
    return [id]
  },
}

/** People go on with other tickets meanwhile; each comment that was acknowledged must be there at the end. */
export async function workOn(stage: Stage, signal: AbortSignal): Promise<void> {
  for (let at = 0; !signal.aborted; at += 1) {
    const ticketId = stage.bystanders[at % stage.bystanders.length] ?? ''
    const text = `Still looking, ${at}.`
    await stage.client.call({ verb: 'comment', ticketId, text }, (headers) =>
      stage.workspace.agent.post(`/v1/tickets/${ticketId}/comments`, { text, public: false }, headers),
    )
    await pause(100, undefined, { signal }).catch(() => undefined) // told to stop while it rests
  }
}
