import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { count, id, noBody, repeated, reply } from '../shapes/common.ts'
import { operationShape, toOperation } from '../shapes/operation.ts'

const tag = 'operations'
const one = z.object({ id })

const get = route({
  method: 'get',
  path: '/v1/operations/{id}',
  summary: 'One operation and how far it is; applied and sent are counted apart',
  tag,
  params: one,
  answer: operationShape,
  handle: async ({ params }, { workspaceId, peers, call }) => {
    const { operation } = await peers.operation.getOperation({ workspaceId, operationId: params.id }, call)
    return reply(toOperation(operation))
  },
})

const start = route({
  method: 'post',
  path: '/v1/operations/{id}/start',
  summary: 'Start a plan by its hash; from 100 applying items also by their number',
  tag,
  params: one,
  body: z.strictObject({ planHash: z.string().min(1).max(200), confirm: count.optional() }),
  status: 202,
  answer: operationShape,
  handle: async ({ params, body }, { workspaceId, peers, call, idempotency }) => {
    const { operation } = await peers.operation.startOperation(
      {
        workspaceId,
        idempotency,
        operationId: params.id,
        planHash: body.planHash,
        confirm: BigInt(body.confirm ?? 0),
      },
      call,
    )
    return reply(toOperation(operation))
  },
})

const pause = route({
  method: 'post',
  path: '/v1/operations/{id}/pause',
  summary: `Once answered, no further child changes and no further mail leaves${repeated}`,
  tag,
  params: one,
  body: noBody,
  answer: operationShape,
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) => {
    const { operation } = await peers.operation.pauseOperation(
      { workspaceId, idempotency, operationId: params.id },
      call,
    )
    return reply(toOperation(operation))
  },
})

const resume = route({
  method: 'post',
  path: '/v1/operations/{id}/resume',
  summary: `Go on where the pause stopped${repeated}`,
  tag,
  params: one,
  body: noBody,
  answer: operationShape,
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) => {
    const { operation } = await peers.operation.resumeOperation(
      { workspaceId, idempotency, operationId: params.id },
      call,
    )
    return reply(toOperation(operation))
  },
})

const cancel = route({
  method: 'post',
  path: '/v1/operations/{id}/cancel',
  summary: `Stop for good; what has not left is withheld${repeated}`,
  tag,
  params: one,
  body: noBody,
  answer: z.object({
    operation: operationShape,
    complete: z.boolean().describe('whether nothing at all had been done'),
  }),
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) => {
    const cancelled = await peers.operation.cancelOperation({ workspaceId, idempotency, operationId: params.id }, call)
    return reply({ operation: toOperation(cancelled.operation), complete: cancelled.complete })
  },
})

export const operationRoutes: readonly Route[] = [get, start, pause, resume, cancel]
