import {
  fromWirePriority,
  fromWireStatus,
  type Ticket,
  type TicketPlanState,
  TicketPriority,
  type TicketService,
  toWirePriority,
} from '@umbel/contracts'
import { type Actor, isUmbelError, type Role, roles, unavailable } from '@umbel/kernel'
import { inHalves, type RpcClient } from '@umbel/rpc'
import type { FindActor } from '@umbel/service-kit'
import type { NewTicket, TicketDoor } from '../commands/ticket-door.ts'
import type { TicketState } from '../domain/ticket.ts'
import { idOrNull } from '../wire.ts'

const PAGE = 1_000

type Client = RpcClient<typeof TicketService>

/** What linking asks of ticket, over gRPC. */
export const ticketDoor = (client: Client): TicketDoor => ({
  async states(workspaceId, ids) {
    const states: TicketState[] = []
    for (let at = 0; at < ids.length; at += PAGE) {
      const ask = (part: readonly string[]) => client.getTicketStates({ workspaceId, ticketIds: [...part] })
      for (const answer of await inHalves(ids.slice(at, at + PAGE), ask))
        states.push(...answer.states.map(fromPlanState))
    }
    return states
  },
  async get(workspaceId, id, actorId) {
    const { ticket } = await client.getTicket({ workspaceId, id }, { actorId })
    const found = present(ticket)
    const { subject, labels, requesterId, assigneeId } = found
    const detail = { subject, labels, requesterId: idOrNull(requesterId), assigneeId: idOrNull(assigneeId) }
    return { ...detail, state: fromTicket(found) }
  },
  async open(workspaceId, ticket, actorId) {
    const answer = await client.openTicket({ workspaceId, ...toRequest(ticket) }, { actorId })
    return fromTicket(present(answer.ticket))
  },
  async setPrimaryLinks(workspaceId, links) {
    const pushed = links.map(({ ticketId, masterId, linkId, version }) => ({
      ticketId,
      primaryMasterId: masterId ?? '',
      linkId: linkId ?? '',
      linkVersion: BigInt(version),
    }))
    await client.setPrimaryLinks({ workspaceId, links: pushed })
  },
  async setMasterRole(workspaceId, { ticketId, master, version }) {
    await client.setMasterRole({ workspaceId, ticketId, master, roleVersion: BigInt(version) })
  },
  async isAgent(workspaceId, personId) {
    try {
      await client.resolveActor({ workspaceId, actorId: personId })
      return true
    } catch (error) {
      if (isUmbelError(error) && error.kind === 'not-found') return false
      throw error
    }
  },
})

/** Who an agent is now, as ticket's directory says. */
export const findActor =
  (client: Client): FindActor =>
  async (workspaceId, agentId): Promise<Actor> => {
    const { actorId, role, hiddenGroupIds } = await client.resolveActor({ workspaceId, actorId: agentId })
    return { id: actorId, role: roleOf(role), hiddenGroupIds: new Set(hiddenGroupIds) }
  }

/** A role of a newer version may do what the least of ours may. */
const roleOf = (word: string): Role => roles.find((role) => role === word) ?? 'light_agent'

const toRequest = (ticket: NewTicket) => ({
  id: ticket.id,
  idempotency: { key: ticket.key, digest: Buffer.from(ticket.key) },
  subject: ticket.subject,
  priority: ticket.priority ? toWirePriority(ticket.priority) : TicketPriority.UNSPECIFIED,
  requesterId: ticket.requesterId ?? '',
  assigneeId: ticket.assigneeId ?? '',
  groupId: ticket.groupId ?? '',
  projectId: ticket.projectId ?? '',
  labels: [...ticket.labels],
  description: ticket.description,
  master: ticket.master,
})

const fromTicket = (ticket: Ticket): TicketState => ({
  ...wordsOf(ticket),
  ticketId: ticket.id,
  hasRequester: ticket.requesterId !== '',
})

const fromPlanState = (state: TicketPlanState): TicketState => ({
  ...wordsOf(state),
  ticketId: state.ticketId,
  hasRequester: state.hasRequester,
})

function wordsOf(found: Pick<Ticket, 'version' | 'status' | 'priority' | 'groupId' | 'customerId' | 'projectId'>) {
  const status = fromWireStatus(found.status)
  const priority = fromWirePriority(found.priority)
  if (!status || !priority) throw unavailable('word-unknown', 'ticket speaks a newer contract')
  return {
    version: Number(found.version),
    status,
    priority,
    groupId: idOrNull(found.groupId),
    customerId: idOrNull(found.customerId),
    projectId: idOrNull(found.projectId),
  }
}

function present(ticket: Ticket | undefined): Ticket {
  if (!ticket) throw unavailable('answer-empty', 'ticket answered without a ticket')
  return ticket
}
