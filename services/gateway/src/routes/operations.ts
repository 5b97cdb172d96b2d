import type { MessageInitShape } from '@bufbuild/protobuf'
import { type TargetSchema, toWireStatus } from '@umbel/contracts'
import { refused } from '@umbel/kernel'
import { z } from 'zod'
import { type Context, MEGABYTE, type Route, route } from '../http/route.ts'
import { count, nextCursor, pageOf, pageRequest, paging, reply, status, ticketRef } from '../shapes/common.ts'
import { itemShape, operationShape, toItem, toOperation } from '../shapes/operation.ts'
import { ticketId, ticketIds } from './refs.ts'

const tag = 'operations'
const one = z.object({ id: ticketRef })

const target = z.union([
  z.literal('all'),
  z.strictObject({ ids: z.array(ticketRef).min(1).max(100_000) }),
  z.strictObject({ filter: z.strictObject({ status: z.array(status).min(1) }) }),
])
type Target = z.output<typeof target>

const planShape = z.object({
  operation: operationShape,
  applying: count,
  skipping: count,
  hidden: count,
  items: z.array(itemShape).describe('the first 50'),
})

async function toWireTarget(context: Context, wanted: Target): Promise<MessageInitShape<typeof TargetSchema>> {
  if (wanted === 'all') return { target: { case: 'all', value: {} } }
  if ('filter' in wanted)
    return { target: { case: 'filter', value: { statuses: wanted.filter.status.map(toWireStatus) } } }
  const named = await ticketIds(context, wanted.ids)
  // a number that nothing answers to is planned as it stands and skipped as not found
  return { target: { case: 'chosen', value: { ticketIds: named.map(({ id, ref }) => id ?? ref) } } }
}

const plan = route({
  method: 'post',
  path: '/v1/masters/{id}/operations',
  summary: 'Plan a broadcast or a close over children; it is started by its hash',
  tag,
  params: one,
  body: z.strictObject({
    kind: z.enum(['broadcast', 'close']),
    target: target.optional().describe('absent: all children'),
    text: z.string().max(100_000).optional(),
    holdSeconds: z.number().int().min(0).max(86_400).optional(),
    start: z.boolean().optional(),
  }),
  bodyLimit: 4 * MEGABYTE,
  status: 201,
  answer: planShape,
  handle: async ({ params, body }, context) => {
    if (body.start === true)
      throw refused('plan-first', 'plan first, then start the plan by its hash', { field: 'start' })
    const planned = await context.peers.operation.planOperation(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        masterId: await ticketId(context, params.id),
        kind: body.kind,
        target: await toWireTarget(context, body.target ?? 'all'),
        text: body.text ?? '',
        ...(body.holdSeconds === undefined ? {} : { holdSeconds: body.holdSeconds }),
      },
      context.call,
    )
    return reply({
      operation: toOperation(planned.operation),
      applying: Number(planned.applying),
      skipping: Number(planned.skipping),
      hidden: Number(planned.hidden),
      items: planned.items.map(toItem),
    })
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
