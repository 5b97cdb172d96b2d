import { authorize, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Ticket } from '../domain/ticket.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Read, ReadSession } from '../store/read-side.ts'

export type TicketKey = { readonly id: string } | { readonly number: bigint }

/** The ticket, or `not-found` where there is none that the caller may see. */
export const getTicket =
  (read: Read) =>
  (scope: Scope, caller: Caller, key: TicketKey): Promise<Ticket> =>
    read(scope, async (session) => {
      const actor = await session.actor(caller)
      const ticket = await find(session, key)
      if (!ticket) throw notFound('not-found', 'no such ticket in this workspace')
      authorize(actor, 'read-ticket', ticket)
      return ticket
    })

async function find({ tickets }: ReadSession, key: TicketKey): Promise<Ticket | undefined> {
  if ('number' in key) return tickets.byNumber(key.number)
  return isId(key.id) ? (await tickets.byIds([key.id])).get(key.id) : undefined
}
