import { create } from '@bufbuild/protobuf'
import { type Master, RollupSchema } from '@umbel/contracts'
import { z } from 'zod'
import { type Context, type Route, route } from '../http/route.ts'
import { count, id, nextCursor, noBody, pageOf, pageRequest, paging, reply, ticketRef } from '../shapes/common.ts'
import { fullRollupShape, masterShape, toFullRollup, toMaster } from '../shapes/master.ts'
import { ticketId } from './refs.ts'
import { ticketsById } from './tickets-by-id.ts'

const tag = 'masters'
const one = z.object({ id: ticketRef })

/** One call to ticket for the whole page, never one per master. */
async function shown(context: Context, masters: readonly Master[]) {
  const tickets = await ticketsById(
    context,
    masters.map((master) => master.ticketId),
  )
  return masters.map((master) => toMaster(master, tickets.get(master.ticketId), master.rollup ?? create(RollupSchema)))
}

const list = route({
  method: 'get',
  path: '/v1/masters',
  summary: 'Masters with their rollups',
  tag,
  query: z.strictObject(paging),
  answer: pageOf(masterShape),
  handle: async ({ query }, context) => {
    const { masters, nextPageToken } = await context.peers.linking.listMasters(
      { workspaceId: context.workspaceId, ...pageRequest(query) },
      context.call,
    )
    return reply({ items: await shown(context, masters), nextCursor: nextCursor(nextPageToken) })
  },
})

const get = route({
  method: 'get',
  path: '/v1/masters/{id}',
  summary: 'One master with its rollup',
  tag,
  params: one,
  answer: masterShape,
  handle: async ({ params }, context) => {
    const masterId = await ticketId(context, params.id)
    const { master } = await context.peers.linking.getMaster(
      { workspaceId: context.workspaceId, masterId },
      context.call,
    )
    const [first] = await shown(context, master ? [master] : [])
    if (first === undefined) throw new TypeError('the linking service answered without a master')
    return reply(first)
  },
})

const rollup = route({
  method: 'get',
  path: '/v1/masters/{id}/rollup',
  summary: 'What the master shows about its children now',
  tag,
  params: one,
  answer: fullRollupShape,
  handle: async ({ params }, context) => {
    const masterId = await ticketId(context, params.id)
    const found = await context.peers.linking.getRollup({ workspaceId: context.workspaceId, masterId }, context.call)
    return reply(toFullRollup(found.rollup ?? create(RollupSchema)))
  },
})

const checkRollup = route({
  method: 'post',
  path: '/v1/masters/{id}/rollup/check',
  summary: 'Recount this rollup, report what drifted and repair it',
  keyed: false,
  tag,
  params: one,
  body: noBody,
  answer: z.object({
    checked: count,
    drifts: z.array(z.object({ masterId: id, figure: z.string(), stored: z.number(), counted: z.number() })),
  }),
  handle: async ({ params }, context) => {
    const masterId = await ticketId(context, params.id)
    const { checked, drifts } = await context.peers.linking.checkRollups(
      { workspaceId: context.workspaceId, masterIds: [masterId] },
      context.call,
    )
    const told = drifts.map((drift) => ({
      masterId: drift.masterId,
      figure: drift.figure,
      stored: Number(drift.stored),
      counted: Number(drift.counted),
    }))
    return reply({ checked: Number(checked), drifts: told })
  },
})

const convert = route({
  method: 'post',
  path: '/v1/tickets/{id}/convert-to-master',
  summary: "Make a ticket a master; a customer's ticket is promoted and becomes the first child",
  tag,
  params: one,
  body: noBody,
  answer: z.object({ masterId: id, promoted: z.boolean() }),
  handle: async ({ params }, context) => {
    const { masterId, promoted } = await context.peers.linking.convertToMaster(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
      },
      context.call,
    )
    return reply({ masterId, promoted })
  },
})

const demote = route({
  method: 'post',
  path: '/v1/masters/{id}/demote',
  summary: 'End the role; the child links end with history',
  tag,
  params: one,
  body: z.strictObject({ reason: z.string().min(1).max(1000) }),
  answer: z.object({ endedLinks: count }),
  handle: async ({ params, body }, context) => {
    const { endedLinks } = await context.peers.linking.demoteMaster(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        masterId: await ticketId(context, params.id),
        reason: body.reason,
      },
      context.call,
    )
    return reply({ endedLinks: Number(endedLinks) })
  },
})

export const masterRoutes: readonly Route[] = [list, get, rollup, checkRollup, convert, demote]
