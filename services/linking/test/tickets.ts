import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  ActorKind,
  CauseKind,
  TicketChangedSchema,
  TicketFactSchema,
  topics,
  toWirePriority,
  toWireStatus,
} from '@umbel/contracts'
import { type Actor, notFound, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { encodeEvent, type Message } from '@umbel/messaging'
import type { NewTicket, TicketDoor } from '../src/commands/ticket-door.ts'
import type { ExternalId, TicketState } from '../src/domain/ticket.ts'
import type { PrimaryLink } from '../src/store/primary-links.ts'

export type Fact = NonNullable<MessageInitShape<typeof TicketFactSchema>['fact']>

/** The other side of linking's door, in memory: tickets with versions, and what linking told them. */
export class Tickets {
  readonly states = new Map<string, TicketState & { readonly workspaceId: string }>()
  readonly details = new Map<string, { subject: string; labels: string[]; requesterId: string | null }>()
  readonly names = new Map<string, ExternalId[]>()
  readonly primaryLinks = new Map<string, PrimaryLink>()
  readonly roles = new Map<string, boolean>()
  readonly agents = new Map<string, Actor>()
  readonly opened: NewTicket[] = []
  /** Calls by name that fail as if ticket were away. */
  readonly away = new Set<keyof TicketDoor>()

  add(workspaceId: string, state: Partial<TicketState> = {}): string {
    const ticketId = state.ticketId ?? newId()
    this.states.set(ticketId, {
      workspaceId,
      ticketId,
      version: 1,
      status: 'new',
      priority: 'normal',
      groupId: null,
      customerId: null,
      projectId: null,
      hasRequester: true,
      ...state,
    })
    this.details.set(ticketId, { subject: 'It is down', labels: ['outage'], requesterId: newId() })
    return ticketId
  }

  /** The next version of a ticket. */
  change(ticketId: string, state: Partial<TicketState>): void {
    const now = this.state(ticketId)
    this.states.set(ticketId, { ...now, ...state, version: now.version + 1 })
  }

  state(ticketId: string) {
    const found = this.states.get(ticketId)
    if (!found) throw notFound('not-found', 'no such ticket in this workspace')
    return found
  }

  /** The event of a ticket's version as it is now. */
  event(ticketId: string, facts: readonly Fact[] = [], occurredAt = new Date()): Message {
    const state = this.state(ticketId)
    const { workspaceId, version } = state
    const changed = create(TicketChangedSchema, {
      workspaceId,
      ticketId,
      version: BigInt(version),
      cause: {
        kind: CauseKind.UPSTREAM,
        id: 'test',
        rootKind: CauseKind.UPSTREAM,
        rootId: 'test',
        actor: {
          kind: ActorKind.SOURCE,
          id: '/test',
        },
      },
      occurredAt: timestampFromDate(occurredAt),
      recordedAt: timestampFromDate(occurredAt),
      state: {
        status: toWireStatus(state.status),
        priority: toWirePriority(state.priority),
        groupId: state.groupId ?? '',
        customerId: state.customerId ?? '',
        projectId: state.projectId ?? '',
        requesterId: state.detail?.requesterId ?? (state.hasRequester ? newId() : ''),
        number: BigInt(state.detail?.number ?? 1),
        labels: [...(state.detail?.labels ?? [])],
        externalIds: this.names.get(ticketId) ?? [],
      },
      facts: facts.map((fact) => create(TicketFactSchema, { fact })),
    })
    return encodeEvent(topics.ticket.events.name, `${workspaceId}:${ticketId}`, {
      id: newId(),
      source: '/umbel/ticket',
      type: TicketChangedSchema.typeName,
      subject: ticketId,
      time: occurredAt.toISOString(),
      workspace: workspaceId,
      sequence: String(version),
      data: toBinary(TicketChangedSchema, changed),
    })
  }

  readonly findActor = async (_workspaceId: string, agentId: string): Promise<Actor> => {
    const found = this.agents.get(agentId)
    if (!found) throw notFound('not-found', 'no such agent')
    return found
  }

  readonly door: TicketDoor = {
    states: async (workspaceId, ids) => {
      this.#answer('states')
      const found = ids.flatMap((id) => this.states.get(id) ?? [])
      return found.filter((state) => state.workspaceId === workspaceId)
    },
    get: async (_workspaceId, ticketId) => {
      this.#answer('get')
      const detail = this.details.get(ticketId)
      if (!detail) throw notFound('not-found', 'no such ticket in this workspace')
      const state = this.state(ticketId)
      return { ...detail, requesterId: state.hasRequester ? detail.requesterId : null, assigneeId: null, state }
    },
    open: async (workspaceId, ticket) => {
      this.#answer('open')
      if (!this.states.has(ticket.id)) {
        this.opened.push(ticket)
        const { id: ticketId, groupId, projectId, requesterId } = ticket
        this.add(workspaceId, { ticketId, groupId, projectId, hasRequester: requesterId !== null })
      }
      return this.state(ticket.id)
    },
    setPrimaryLinks: async (_workspaceId, links) => {
      this.#answer('setPrimaryLinks')
      for (const link of links)
        if ((this.primaryLinks.get(link.ticketId)?.version ?? 0) < link.version)
          this.primaryLinks.set(link.ticketId, link)
    },
    setMasterRole: async (_workspaceId, { ticketId, master }) => {
      this.#answer('setMasterRole')
      this.roles.set(ticketId, master)
    },
    isAgent: async (_workspaceId, personId) => this.agents.has(personId),
  }

  #answer(call: keyof TicketDoor): void {
    if (this.away.has(call)) throw unavailable('ticket-away', 'ticket does not answer')
  }
}
