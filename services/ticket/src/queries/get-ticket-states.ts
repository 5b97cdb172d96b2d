import { authorize, canSee, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Ticket } from '../domain/ticket.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'

const MAX_IDS = 1_000
const STREAM_PAGE = 500

/** The tickets in the order asked, missing and hidden ones left out; the hidden ones as a bare number. */
export const getTicketStates = (read: Read) => (scope: Scope, caller: Caller, ids: readonly string[]) =>
  read(scope, async (session) => {
    const actor = await session.actor(caller)
    authorize(actor, 'read-ticket')
    if (ids.length > MAX_IDS) throw invalid('too-many-tickets', `at most ${MAX_IDS} at once`, { field: 'ticket_ids' })
    const found = await session.tickets.byIds(ids.filter(isId))
    const known = ids.map((id) => found.get(id)).filter((ticket) => ticket !== undefined)
    const states = known.filter((ticket) => canSee(actor, ticket))
    return { states, hidden: known.length - states.length }
  })

interface StreamPage {
  readonly found: readonly Ticket[]
  readonly seen: readonly Ticket[]
}

/** Every ticket that the caller may see, or those named, in pages; each page is a transaction of its own. */
export const streamTickets = (read: Read) =>
  async function* (scope: Scope, caller: Caller, ids: readonly string[]): AsyncGenerator<readonly Ticket[]> {
    const named = ids.filter(isId)
    let place: string | null = null
    for (let at = 0; ids.length === 0 || at < named.length; at += STREAM_PAGE) {
      const { found, seen }: StreamPage = await read(scope, async (session) => {
        const actor = await session.actor(caller)
        authorize(actor, 'read-ticket')
        const found =
          ids.length === 0
            ? await session.tickets.after(place, STREAM_PAGE)
            : [...(await session.tickets.byIds(named.slice(at, at + STREAM_PAGE))).values()]
        return { found, seen: found.filter((ticket) => canSee(actor, ticket)) }
      })
      if (seen.length > 0) yield seen
      place = found.at(-1)?.id ?? null
      if (ids.length === 0 && found.length < STREAM_PAGE) return
    }
  }
