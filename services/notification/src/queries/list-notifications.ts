import { type Actor, authorize, pageSize } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { NotificationView, ReadNotifications } from '../store/notification-read.ts'
import { pageOf, placeOf } from './pages.ts'

/** Those of these tickets that the actor may see. */
export type VisibleTickets = (
  workspaceId: string,
  actor: Actor,
  ticketIds: readonly string[],
) => Promise<ReadonlySet<string>>

export interface ListNotifications {
  readonly actor: Actor
  readonly workspaceId: string
  /** Empty: of any. */
  readonly ticketId: string
  readonly operationId: string
  /** 1 to 1,000; 0 means 50. */
  readonly pageSize: number
  readonly pageToken: string
}

export interface NotificationPage {
  readonly items: readonly NotificationView[]
  /** Empty after the last page. */
  readonly next: string
}

/** What was sent to whom, and why not; what belongs to tickets that the actor may not see is left out. */
export const listNotifications =
  (read: ReadNotifications, visible: VisibleTickets) =>
  async (asked: ListNotifications): Promise<NotificationPage> => {
    authorize(asked.actor, 'read-notification')
    const size = pageSize(asked.pageSize)
    const found = await read({
      workspaceId: asked.workspaceId,
      ticketId: idOrNull(asked.ticketId, 'ticket_id'),
      operationId: idOrNull(asked.operationId, 'operation_id'),
      after: placeOf(asked.pageToken),
      limit: size + 1,
    })
    const { items, next } = pageOf(found, size, ({ place, id }) => `${place} ${id}`)
    const seen = await visible(asked.workspaceId, asked.actor, [...new Set(items.map(({ ticketId }) => ticketId))])
    // of one ticket all or nothing is seen: that there is more of a hidden one is nobody's business
    const hidden = asked.ticketId !== '' && seen.size === 0
    return { items: items.filter(({ ticketId }) => seen.has(ticketId)), next: hidden ? '' : next }
  }

const idOrNull = (id: string, field: string): string | null => (id === '' ? null : requireId(id, field))
