import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { count, id, noBody, repeated, reply } from '../shapes/common.ts'
import { operationShape, toOperation } from '../shapes/operation.ts'
import { planShape, toPlan } from '../shapes/plan.ts'

const tag = 'operations'
const one = z.object({ id })

const approve = route({
  method: 'post',
  path: '/v1/operations/{id}/approve',
  summary: 'Approve a plan by its hash, as somebody else than who planned it',
  tag,
  params: one,
  body: z.strictObject({ planHash: z.string().min(1).max(200) }),
  answer: operationShape,
  handle: async ({ params, body }, { workspaceId, idempotency, peers, call }) => {
    const asked = { workspaceId, idempotency, operationId: params.id, planHash: body.planHash }
    return reply(toOperation((await peers.operation.approveOperation(asked, call)).operation))
  },
})

const rate = route({
  method: 'post',
  path: '/v1/operations/{id}/rate',
  summary: `So many children a minute from now on; 0: as fast as it goes${repeated}`,
  tag,
  params: one,
  body: z.strictObject({ childrenPerMinute: z.number().int().min(0).max(100_000) }),
  answer: operationShape,
  handle: async ({ params, body }, { workspaceId, idempotency, peers, call }) => {
    const asked = { workspaceId, idempotency, operationId: params.id, rate: body.childrenPerMinute }
    return reply(toOperation((await peers.operation.setOperationRate(asked, call)).operation))
  },
})

const undo = route({
  method: 'post',
  path: '/v1/operations/{id}/undo',
  summary:
    'Plan to put back what it found, for the children that have not moved since; the plan is started like any other',
  tag,
  params: one,
  body: noBody,
  status: 201,
  answer: planShape,
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) =>
    reply(toPlan(await peers.operation.undoOperation({ workspaceId, idempotency, operationId: params.id }, call))),
})

const retryFailed = route({
  method: 'post',
  path: '/v1/operations/{id}/retry-failed',
  summary: 'Once more for the children and the notifications that failed, and for no others',
  tag,
  params: one,
  body: noBody,
  answer: z.object({ operation: operationShape, children: count, notifications: count }),
  handle: async ({ params }, { workspaceId, idempotency, peers, call }) => {
    const retried = await peers.operation.retryFailed({ workspaceId, idempotency, operationId: params.id }, call)
    return reply({
      operation: toOperation(retried.operation),
      children: Number(retried.children),
      notifications: Number(retried.notifications),
    })
  },
})

export const operationStepRoutes: readonly Route[] = [approve, rate, undo, retryFailed]
