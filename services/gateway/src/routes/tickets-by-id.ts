import type { Ticket } from '@umbel/contracts'
import type { Context } from '../http/route.ts'

/** Up to 1,000 tickets in one call; those the caller may not see are left out. */
export async function ticketsById(
  { workspaceId, peers, call }: Context,
  ids: readonly string[],
): Promise<Map<string, Ticket>> {
  if (ids.length === 0) return new Map()
  const { tickets } = await peers.ticket.listTickets({ workspaceId, ids: [...ids], pageSize: 1000 }, call)
  return new Map(tickets.map((ticket) => [ticket.id, ticket]))
}
