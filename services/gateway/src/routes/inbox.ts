import type { Notice } from '@umbel/contracts'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { id, instant, iso, nextCursor, noBody, orNull, pageOf, pageRequest, paging, reply } from '../shapes/common.ts'

const tag = 'inbox'

const noticeShape = z.object({
  id,
  kind: z.string(),
  operationId: id.nullable(),
  ticketId: id.nullable(),
  text: z.string(),
  at: instant.nullable(),
  readAt: instant.nullable(),
})

const toNotice = (notice: Notice): z.output<typeof noticeShape> => ({
  id: notice.id,
  kind: notice.kind,
  operationId: orNull(notice.operationId),
  ticketId: orNull(notice.ticketId),
  text: notice.text,
  at: iso(notice.at),
  readAt: iso(notice.readAt),
})

const list = route({
  method: 'get',
  path: '/v1/inbox',
  summary: "The caller's notices: one for an operation, never one for each child",
  tag,
  query: z.strictObject(paging),
  answer: pageOf(noticeShape),
  handle: async ({ query }, { workspaceId, peers, call }) => {
    const found = await peers.notification.listNotices({ workspaceId, ...pageRequest(query) }, call)
    return reply({ items: found.notices.map(toNotice), nextCursor: nextCursor(found.nextPageToken) })
  },
})

const read = route({
  method: 'post',
  path: '/v1/inbox/{id}/read',
  summary: 'Mark a notice as read',
  keyed: false,
  tag,
  params: z.object({ id }),
  body: noBody,
  answer: z.object({ read: z.literal(true) }),
  handle: async ({ params }, { workspaceId, peers, call }) => {
    await peers.notification.markNoticeRead({ workspaceId, noticeId: params.id }, call)
    return reply({ read: true as const })
  },
})

export const inboxRoutes: readonly Route[] = [list, read]
