import type { Fact } from './fact.ts'
import type { Ticket } from './ticket.ts'

/** `closed` for good, for a ticket that has stayed solved long enough; any other ticket stays as it is. */
export function decideClose(ticket: Ticket, at: Date): Fact[] {
  return ticket.status === 'solved' ? [{ type: 'status-changed', from: 'solved', to: 'closed', at }] : []
}
