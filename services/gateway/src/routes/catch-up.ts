import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { count, id, instant, iso, reply, ticketRef } from '../shapes/common.ts'
import { ticketId } from './refs.ts'

const offerShape = z.object({
  missed: z.array(z.object({ operationId: id, startedAt: instant.nullable(), text: z.string(), lateJoiners: count })),
  lateJoiners: count,
})

const offer = route({
  method: 'get',
  path: '/v1/masters/{id}/catch-up',
  summary: 'What children that joined late have missed: broadcasts, oldest first; plan a `catch_up` to tell them',
  tag: 'masters',
  params: z.object({ id: ticketRef }),
  answer: offerShape,
  handle: async ({ params }, context) => {
    const { workspaceId, peers, call } = context
    const masterId = await ticketId(context, params.id)
    const { missed, lateJoiners } = await peers.operation.getCatchUpOffer({ workspaceId, masterId }, call)
    return reply({
      missed: missed.map((broadcast) => ({
        operationId: broadcast.operationId,
        startedAt: iso(broadcast.startedAt),
        text: broadcast.text,
        lateJoiners: Number(broadcast.lateJoiners),
      })),
      lateJoiners: Number(lateJoiners),
    })
  },
})

export const catchUpRoutes: readonly Route[] = [offer]
