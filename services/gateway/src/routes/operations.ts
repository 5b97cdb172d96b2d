import { z } from 'zod'
import { type Context, MEGABYTE, type Route, route } from '../http/route.ts'
import { nextCursor, pageOf, pageRequest, paging, reply, ticketRef } from '../shapes/common.ts'
import { operationShape, toOperation } from '../shapes/operation.ts'
import { planShape, toPlan } from '../shapes/plan.ts'
import { planRequest, toWireChange, toWireTarget } from './plan-request.ts'
import { ticketId } from './refs.ts'

const tag = 'operations'
const one = z.object({ id: ticketRef })

const plan = route({
  method: 'post',
  path: '/v1/masters/{id}/operations',
  summary: 'Plan what is done to children; the plan is started by its hash',
  tag,
  params: one,
  body: planRequest,
  bodyLimit: 4 * MEGABYTE,
  status: 201,
  answer: planShape,
  handle: async ({ params, body }, context) => {
    const planned = await context.peers.operation.planOperation(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        masterId: await ticketId(context, params.id),
        kind: body.kind,
        target: await toWireTarget(context, body.target),
        text: body.text ?? '',
        variants: body.variants ?? [],
        change: toWireChange(body),
        overrideReason: body.overrideReason ?? '',
        rate: body.rate ?? 0,
        start: body.start ?? false,
        ...(body.holdSeconds === undefined ? {} : { holdSeconds: body.holdSeconds }),
      },
      context.call,
    )
    return reply(toPlan(planned))
  },
})

const listOfMaster = route({
  method: 'get',
  path: '/v1/masters/{id}/operations',
  summary: 'Operations over the children of one master, newest first',
  tag,
  params: one,
  query: z.strictObject(paging),
  answer: pageOf(operationShape),
  handle: async ({ params, query }, context) => {
    const masterId = await ticketId(context, params.id)
    return listOperations(context, masterId, query)
  },
})

const list = route({
  method: 'get',
  path: '/v1/operations',
  summary: 'Operations of the workspace, newest first',
  tag,
  query: z.strictObject({ ...paging, master: ticketRef.optional() }),
  answer: pageOf(operationShape),
  handle: async ({ query: { master, ...page } }, context) => {
    const masterId = master === undefined ? '' : await ticketId(context, master)
    return listOperations(context, masterId, page)
  },
})

async function listOperations(context: Context, masterId: string, page: Parameters<typeof pageRequest>[0]) {
  const { operations, nextPageToken } = await context.peers.operation.listOperations(
    { workspaceId: context.workspaceId, masterId, ...pageRequest(page) },
    context.call,
  )
  return reply({ items: operations.map(toOperation), nextCursor: nextCursor(nextPageToken) })
}

export const planRoutes: readonly Route[] = [plan, listOfMaster, list]
