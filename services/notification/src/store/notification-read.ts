import { type Binding, type Database, rows } from '@umbel/service-kit/store'
import type { State } from '../domain/notification.ts'

export interface DeliveryView {
  readonly attempt: number
  readonly at: Date
  readonly result: string
  readonly detail: string
}

export interface NotificationView {
  readonly id: string
  readonly ticketId: string
  /** Empty where it is about no comment. */
  readonly commentId: string
  /** A person, or an endpoint. */
  readonly recipientId: string
  readonly channel: string
  readonly state: State
  readonly reason: string
  readonly operationId: string | null
  readonly messageId: string
  readonly createdAt: Date
  /** Microseconds since 1970: the place in a list. */
  readonly place: string
  readonly deliveries: readonly DeliveryView[]
}

export interface NotificationFilter {
  readonly workspaceId: string
  readonly ticketId: string | null
  readonly operationId: string | null
  /** Where the page before ended; null for the first. */
  readonly after: { readonly place: string; readonly id: string } | null
  readonly limit: number
}

export type ReadNotifications = (filter: NotificationFilter) => Promise<NotificationView[]>

const MICROS = '(extract(epoch from n.created_at) * 1000000)::bigint'

interface Branch {
  readonly table: string
  readonly state: string
  readonly own: string
  readonly deliveries: string
}

const mails: Branch = {
  table: 'notification',
  state: `case when exists (select from lease l where l.workspace_id = n.workspace_id and l.notification_id = n.id)
    then 'leased' else n.state end as state`,
  own: 'n.comment_id::text as "commentId", n.recipient_id as "recipientId", n.channel, n.message_id as "messageId"',
  deliveries: 'delivery d where d.notification_id = n.id',
}
const webhooks: Branch = {
  table: 'webhook_message',
  state: 'n.state',
  own: `'' as "commentId", n.webhook_id as "recipientId", 'webhook' as channel, n.id::text as "messageId"`,
  deliveries: 'webhook_delivery d where d.message_id = n.id',
}

const select = ({ table, state, own, deliveries }: Branch, conditions: readonly string[]) => `
  (select n.id, n.ticket_id as "ticketId", n.operation_id as "operationId", ${state}, n.reason, ${own},
     n.created_at as "createdAt", ${MICROS}::text as place,
     coalesce((select json_agg(json_build_object('attempt', d.attempt, 'at', d.at, 'result', d.result,
         'detail', d.detail) order by d.attempt)
       from ${deliveries} and d.workspace_id = n.workspace_id), '[]') as deliveries
     from ${table} n where ${conditions.join(' and ')} order by n.created_at, n.id limit ?)`

const list = (conditions: readonly string[]) =>
  `${select(mails, conditions)} union all ${select(webhooks, conditions)} order by "createdAt", id limit ?`

/** Over all channels, oldest first. Served by each table's index of tickets, or its index of operations and a sort. */
export const readNotifications =
  (database: Database): ReadNotifications =>
  ({ workspaceId, ticketId, operationId, after, limit }) =>
    database.withWorkspace(workspaceId, async (trx) => {
      const asked: [string, Binding[]][] = [['n.workspace_id = ?', [workspaceId]]]
      if (ticketId !== null) asked.push(['n.ticket_id = ?', [ticketId]])
      if (operationId !== null) asked.push(['n.operation_id = ?', [operationId]])
      if (after !== null) asked.push([`(${MICROS}, n.id) > (?::bigint, ?::uuid)`, [after.place, after.id]])
      const bindings = [...asked.flatMap(([, values]) => values), limit]
      const found = await rows<NotificationView>(trx, list(asked.map(([condition]) => condition)), [
        ...bindings,
        ...bindings,
        limit,
      ])
      return found.map((row) => ({
        ...row,
        deliveries: row.deliveries.map((delivery) => ({ ...delivery, at: new Date(delivery.at) })),
      }))
    })
