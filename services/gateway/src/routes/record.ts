import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { count, id, nextCursor, pageOf, pageRequest, paging, reply, ticketRef } from '../shapes/common.ts'
import { exportedLeafShape, recordEntryShape, toExportedLeaf, toRecordEntry } from '../shapes/record.ts'
import { ticketId } from './refs.ts'

const tag = 'record'

const ofOperation = route({
  method: 'get',
  path: '/v1/operations/{id}/record',
  summary: 'Who did what with an operation, and what each child got when: a chain of hashes that can be computed anew',
  tag,
  params: z.object({ id }),
  query: z.strictObject(paging),
  answer: pageOf(recordEntryShape),
  handle: async ({ params, query }, { workspaceId, peers, call }) => {
    const asked = { workspaceId, operationId: params.id, ...pageRequest(query) }
    const { entries, nextPageToken } = await peers.operation.getOperationRecord(asked, call)
    return reply({ items: entries.map(toRecordEntry), nextCursor: nextCursor(nextPageToken) })
  },
})

const ofTicket = route({
  method: 'get',
  path: '/v1/tickets/{id}/record',
  summary: "One customer's part of every record, with its proofs and nothing of anybody else",
  tag,
  params: z.object({ id: ticketRef }),
  answer: z.object({ items: z.array(exportedLeafShape) }),
  handle: async ({ params }, context) => {
    const { workspaceId, peers, call } = context
    const asked = { workspaceId, ticketId: await ticketId(context, params.id) }
    const { leaves } = await peers.operation.exportRecord(asked, call)
    return reply({ items: leaves.map(toExportedLeaf) })
  },
})

const erase = route({
  method: 'post',
  path: '/v1/directory/requesters/{id}/erase',
  summary: "Destroy a requester's key: what was sealed with it cannot be read any more, and the record still verifies",
  tag,
  params: z.object({ id }),
  body: z.strictObject({ reason: z.string().min(1).max(500) }),
  answer: z.object({ leaves: count.describe('that have lost their personal fields') }),
  handle: async ({ params, body }, { workspaceId, idempotency, peers, call }) => {
    const asked = { workspaceId, idempotency, requesterId: params.id, reason: body.reason }
    return reply({ leaves: Number((await peers.operation.erasePerson(asked, call)).leaves) })
  },
})

export const recordRoutes: readonly Route[] = [ofOperation, ofTicket, erase]
