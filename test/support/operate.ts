import { until } from '@umbel/test-kit'
import type { Api } from './api.ts'
import type { Item, Operation, Plan } from './shapes.ts'

export interface Asked {
  readonly kind: 'broadcast' | 'close'
  readonly text?: string
  readonly target?: unknown
  readonly holdSeconds?: number
}

/** Plans an operation and starts it by its hash; without a hold unless one is asked for. */
export async function start(api: Api, masterId: string, asked: Asked): Promise<Operation> {
  const plan = await api.post<Plan>(`/v1/masters/${masterId}/operations`, { holdSeconds: 0, ...asked })
  const { id, planHash } = plan.operation
  return api.post<Operation>(`/v1/operations/${id}/start`, { planHash, confirm: plan.applying })
}

export const operationOf = (api: Api, id: string): Promise<Operation> => api.get(`/v1/operations/${id}`)

/** Waits until every item and every notification of the operation has come to its end. */
export const ended = (api: Api, id: string, deadlineMs = 60_000): Promise<Operation> =>
  until(
    async () => {
      const operation = await operationOf(api, id)
      return operation.finishedAt === null ? undefined : operation
    },
    { deadlineMs, what: `operation ${id} to end` },
  )

/** Waits until a figure of the progress is at least this. */
export const progressed = (
  api: Api,
  id: string,
  figure: keyof Operation['progress'],
  atLeast: number,
): Promise<Operation> =>
  until(
    async () => {
      const operation = await operationOf(api, id)
      return operation.progress[figure] >= atLeast ? operation : undefined
    },
    { deadlineMs: 60_000, what: `${figure} of operation ${id} to reach ${atLeast}` },
  )

export const itemsOf = (api: Api, id: string): Promise<Item[]> => api.all(`/v1/operations/${id}/items`)
