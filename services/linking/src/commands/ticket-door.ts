import type { TicketState } from '../domain/ticket.ts'
import type { Priority } from '../domain/words.ts'
import type { PrimaryLink } from '../store/primary-links.ts'
import type { UnpushedRole } from '../store/roles.ts'

/** A ticket to be opened under an id that was chosen before, so that a repeat opens the same one. */
export interface NewTicket {
  readonly id: string
  readonly key: string
  readonly subject: string
  readonly priority: Priority | null
  readonly requesterId: string | null
  readonly assigneeId: string | null
  readonly groupId: string | null
  readonly projectId: string | null
  readonly labels: readonly string[]
  /** The first comment; empty: none. */
  readonly description: string
  readonly master: boolean
}

/** What a conversion needs to know of a ticket beside its state. */
export interface TicketDetail {
  readonly state: TicketState
  readonly subject: string
  readonly labels: readonly string[]
  readonly requesterId: string | null
  readonly assigneeId: string | null
}

/** What linking asks of ticket. Errors are ticket's own, by kind and slug. */
export interface TicketDoor {
  /** However many are asked for; missing ones are left out. */
  states(workspaceId: string, ids: readonly string[]): Promise<readonly TicketState[]>
  /** As this agent sees it; the empty id is linking itself. */
  get(workspaceId: string, ticketId: string, actorId: string): Promise<TicketDetail>
  open(workspaceId: string, ticket: NewTicket, actorId: string): Promise<TicketState>
  /** Up to 1,000. */
  setPrimaryLinks(workspaceId: string, links: readonly PrimaryLink[]): Promise<void>
  setMasterRole(workspaceId: string, role: UnpushedRole): Promise<void>
  /** Whether this person is one of our agents. */
  isAgent(workspaceId: string, personId: string): Promise<boolean>
}
