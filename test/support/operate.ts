import { until } from '@umbel/test-kit'
import type { Api } from './api.ts'
import type { Item, Operation, Plan } from './shapes.ts'

/** A plan's body; what the kind takes besides is handed on as it is. */
export interface Asked {
  readonly kind: string
  readonly text?: string
  readonly target?: unknown
  readonly holdSeconds?: number
  readonly [field: string]: unknown
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

export const itemsOf = (api: Api, id: string): Promise<Item[]> => api.all(`/v1/operations/${id}/items`)
