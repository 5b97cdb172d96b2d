import { type Actor, authorize, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { NotificationView, ReadNotifications } from '../store/notification-read.ts'

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
    const size = asked.pageSize === 0 ? DEFAULT_SIZE : asked.pageSize
    if (size > MAX_SIZE) throw invalid('page-too-large', `at most ${MAX_SIZE} at once`, { field: 'page_size' })
    const found = await read({
      workspaceId: asked.workspaceId,
      ticketId: idOrNull(asked.ticketId, 'ticket_id'),
      operationId: idOrNull(asked.operationId, 'operation_id'),
      after: fromCursor(asked.pageToken),
      limit: size + 1,
    })
    const page = found.slice(0, size)
    const last = page.at(-1)
    const seen = await visible(asked.workspaceId, asked.actor, [...new Set(page.map(({ ticketId }) => ticketId))])
    // of one ticket all or nothing is seen: that there is more of a hidden one is nobody's business
    const more = found.length > size && (asked.ticketId === '' || seen.size > 0)
    return {
      items: page.filter(({ ticketId }) => seen.has(ticketId)),
      next: more && last !== undefined ? toCursor(last) : '',
    }
  }

const DEFAULT_SIZE = 50
const MAX_SIZE = 1_000

function idOrNull(id: string, field: string): string | null {
  if (id === '') return null
  if (!isId(id)) throw invalid('bad-id', `${field} is no id`, { field })
  return id
}

const toCursor = ({ place, id }: NotificationView): string => Buffer.from(`${place} ${id}`).toString('base64url')

function fromCursor(token: string): { place: string; id: string } | null {
  if (token === '') return null
  const [place = '', id = ''] = Buffer.from(token, 'base64url').toString().split(' ')
  if (!/^\d{1,18}$/.test(place) || !isId(id)) throw invalid('bad-page-token', 'no such page', { field: 'page_token' })
  return { place, id }
}
