import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { auditShape, toAuditEntry } from '../shapes/audit.ts'
import { count, nextCursor, pageOf, pageRequest, paging, reply, ticketRef } from '../shapes/common.ts'
import { commentShape, toComment } from '../shapes/ticket.ts'
import { ticketId } from './refs.ts'

const one = z.object({ id: ticketRef })

const hintShape = z
  .object({ kind: z.string().describe('leak, broadcast-instead'), message: z.string() })
  .describe('what the author of a public comment on a child should know; it holds nothing up')

const addComment = route({
  method: 'post',
  path: '/v1/tickets/{id}/comments',
  summary: 'Add a comment: public ones reach the requester, internal ones stay in the house',
  tag: 'tickets',
  params: one,
  body: z.strictObject({
    text: z.string().min(1).max(100_000),
    public: z.boolean(),
    overrideReason: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('why a public comment may name another child or the master (`text-leaks` without it); it is recorded'),
  }),
  ifMatch: true,
  status: 201,
  answer: z.object({ ...commentShape.shape, ticketVersion: count, hints: z.array(hintShape) }),
  handle: async ({ params, body }, context) => {
    const { comment, ticketVersion, hints } = await context.peers.ticket.addComment(
      {
        workspaceId: context.workspaceId,
        idempotency: context.idempotency,
        ticketId: await ticketId(context, params.id),
        public: body.public,
        text: body.text,
        expectedVersion: context.expectedVersion,
        overrideReason: body.overrideReason ?? '',
      },
      context.call,
    )
    if (comment === undefined) throw new TypeError('the ticket service answered without a comment')
    return {
      body: {
        ...toComment(comment),
        ticketVersion: Number(ticketVersion),
        hints: hints.map(({ kind, message }) => ({ kind, message })),
      },
      etag: `"${ticketVersion}"`,
    }
  },
})

const listComments = route({
  method: 'get',
  path: '/v1/tickets/{id}/comments',
  summary: 'The thread',
  tag: 'tickets',
  params: one,
  query: z.strictObject(paging),
  answer: pageOf(commentShape),
  handle: async ({ params, query }, context) => {
    const id = await ticketId(context, params.id)
    const { comments, nextPageToken } = await context.peers.ticket.listComments(
      { workspaceId: context.workspaceId, ticketId: id, ...pageRequest(query) },
      context.call,
    )
    return reply({ items: comments.map(toComment), nextCursor: nextCursor(nextPageToken) })
  },
})

const listAudit = route({
  method: 'get',
  path: '/v1/tickets/{id}/audit',
  summary: 'Who changed what, and why',
  tag: 'tickets',
  params: one,
  query: z.strictObject(paging),
  answer: pageOf(auditShape),
  handle: async ({ params, query }, context) => {
    const id = await ticketId(context, params.id)
    const { entries, nextPageToken } = await context.peers.ticket.listAudit(
      { workspaceId: context.workspaceId, ticketId: id, ...pageRequest(query) },
      context.call,
    )
    return reply({ items: entries.map(toAuditEntry), nextCursor: nextCursor(nextPageToken) })
  },
})

const listAllAudit = route({
  method: 'get',
  path: '/v1/audit',
  summary: 'Who changed what, and why, over all tickets; ticket by ticket, oldest first',
  tag: 'tickets',
  query: z.strictObject(paging),
  answer: pageOf(auditShape),
  handle: async ({ query }, context) => {
    const { entries, nextPageToken } = await context.peers.ticket.listAudit(
      { workspaceId: context.workspaceId, ...pageRequest(query) },
      context.call,
    )
    return reply({ items: entries.map(toAuditEntry), nextCursor: nextCursor(nextPageToken) })
  },
})

export const threadRoutes: readonly Route[] = [addComment, listComments, listAudit, listAllAudit]
