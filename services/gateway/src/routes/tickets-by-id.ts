import type { Ticket } from '@umbel/contracts'
import type { Context } from '../http/route.ts'

/** Up to 1,000 tickets, in one call unless they are large; those the caller may not see are left out. */
export async function ticketsById(
  { workspaceId, peers, call }: Context,
  ids: readonly string[],
): Promise<Map<string, Ticket>> {
  const found = new Map<string, Ticket>()
  for (let pageToken = '', more = ids.length > 0; more; more = pageToken !== '') {
    const asked = { workspaceId, ids: [...ids], pageSize: 1000, pageToken }
    const { tickets, nextPageToken } = await peers.ticket.listTickets(asked, call)
    for (const ticket of tickets) found.set(ticket.id, ticket)
    pageToken = nextPageToken
  }
  return found
}
