import { fromWirePriority, fromWireStatus, type TicketPlanState, type TicketService } from '@umbel/contracts'
import { type Role, roles, unavailable } from '@umbel/kernel'
import { inHalves, type RpcClient } from '@umbel/rpc'
import type { GetRequester, GetTicketStates, ResolveActor, TicketState } from '../commands/ports.ts'

type Ticket = RpcClient<typeof TicketService>

/** Up to 1,000 tickets as they are now (TicketService/GetTicketStates), in halves where one answer cannot hold them. */
export const ticketStates =
  (ticket: Ticket): GetTicketStates =>
  async ({ workspaceId, actorId }, ticketIds, variables = []) => {
    const answers = await inHalves(ticketIds, (part) =>
      ticket.getTicketStates({ workspaceId, ticketIds: [...part], variables: [...variables] }, { actorId }),
    )
    return {
      hidden: answers.reduce((sum, { hidden }) => sum + hidden, 0),
      states: answers.flatMap(({ states }) => states.map(toState)),
    }
  }

const toState = (state: TicketPlanState): TicketState => ({
  ticketId: state.ticketId,
  number: Number(state.number),
  version: Number(state.version),
  movedVersion: Number(state.movedVersion),
  status: fromWireStatus(state.status) ?? 'unknown',
  priority: fromWirePriority(state.priority) ?? 'unknown',
  assigneeId: state.assigneeId,
  groupId: state.groupId,
  customerId: state.customerId,
  labels: state.labels,
  linkId: state.linkId,
  customerWaits: state.customerWaits,
  locale: state.locale,
  unaddressed: state.unaddressed,
  values: state.values,
})

/** Whose the ticket is (TicketService/GetTicket). */
export const ticketRequester =
  (ticket: Ticket): GetRequester =>
  async ({ workspaceId, actorId }, ticketId) => {
    const { ticket: found } = await ticket.getTicket({ workspaceId, id: ticketId }, { actorId })
    if (found === undefined) throw unavailable('requester-unknown', 'ticket did not say whose the ticket is')
    return found.requesterId
  }

/** Who acts, as the directory knows it now (TicketService/ResolveActor). */
export const resolveActor =
  (ticket: Ticket): ResolveActor =>
  async ({ workspaceId, actorId }) => {
    const { role, hiddenGroupIds } = await ticket.resolveActor({ workspaceId, actorId })
    return { id: actorId, role: toRole(role), hiddenGroupIds: new Set(hiddenGroupIds) }
  }

function toRole(word: string): Role {
  const known = roles.find((role) => role === word)
  if (known === undefined) throw unavailable('role-unknown', `ticket told a role that is not known here: ${word}`)
  return known
}
