import type { Notification } from '@umbel/contracts'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import {
  count,
  id,
  instant,
  iso,
  nextCursor,
  orNull,
  pageOf,
  pageRequest,
  paging,
  reply,
  ticketRef,
} from '../shapes/common.ts'
import { ticketId } from './refs.ts'

const notificationShape = z.object({
  id,
  ticketId: id,
  commentId: id.nullable(),
  recipientId: z.string().nullable(),
  channel: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  operationId: id.nullable(),
  messageId: z.string().nullable(),
  deliveries: z.array(z.object({ attempt: count, at: instant.nullable(), result: z.string(), detail: z.string() })),
  createdAt: instant.nullable(),
})

const toNotification = (notification: Notification): z.output<typeof notificationShape> => ({
  id: notification.id,
  ticketId: notification.ticketId,
  commentId: orNull(notification.commentId),
  recipientId: orNull(notification.recipientId),
  channel: notification.channel,
  state: notification.state,
  reason: orNull(notification.reason),
  operationId: orNull(notification.operationId),
  messageId: orNull(notification.messageId),
  deliveries: notification.deliveries.map(({ attempt, at, result, detail }) => ({
    attempt,
    at: iso(at),
    result,
    detail,
  })),
  createdAt: iso(notification.createdAt),
})

const list = route({
  method: 'get',
  path: '/v1/notifications',
  summary: 'What was sent to whom, and why not',
  tag: 'notifications',
  query: z.strictObject({ ...paging, ticket: ticketRef.optional(), operation: id.optional() }),
  answer: pageOf(notificationShape),
  handle: async ({ query }, context) => {
    const { notifications, nextPageToken } = await context.peers.notification.listNotifications(
      {
        workspaceId: context.workspaceId,
        ticketId: query.ticket === undefined ? '' : await ticketId(context, query.ticket),
        operationId: query.operation ?? '',
        ...pageRequest(query),
      },
      context.call,
    )
    return reply({ items: notifications.map(toNotification), nextCursor: nextCursor(nextPageToken) })
  },
})

export const notificationRoutes: readonly Route[] = [list]
