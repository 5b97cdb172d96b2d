import { authorize, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Ticket } from '../domain/ticket.ts'
import type { ExternalId, Status } from '../domain/words.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'
import { fromCursor, type Page, readPage } from './page.ts'

export interface ListTickets {
  readonly statuses: readonly Status[]
  readonly requesterId: string | null
  readonly customerId: string | null
  readonly external: ExternalId | null
  readonly ids: readonly string[]
  readonly pageSize: number
  readonly pageToken: string
}

const isPlace = (parsed: unknown): parsed is [number] => Array.isArray(parsed) && Number.isSafeInteger(parsed[0])

/** Newest first; what the caller may not see is left out. Ids that are none match nothing. */
export const listTickets =
  (read: Read) =>
  (scope: Scope, caller: Caller, query: ListTickets): Promise<Page<Ticket>> =>
    read(scope, async (session) => {
      const actor = await session.actor(caller)
      authorize(actor, 'read-ticket')
      const size = pageSize(query.pageSize)
      const ids = query.ids.filter(isId)
      const named = [query.requesterId, query.customerId].filter((id) => id !== null)
      if (ids.length < query.ids.length && ids.length === 0) return { items: [], next: '' }
      if (!named.every(isId)) return { items: [], next: '' }
      const { hiddenGroupIds } = actor
      const placeOf = ({ number }: Ticket): [number] => [number]
      return readPage(size, fromCursor(query.pageToken, isPlace), placeOf, (place, limit) =>
        session.tickets.list({ ...query, ids, before: place?.[0] ?? null, hiddenGroupIds, limit }),
      )
    })
