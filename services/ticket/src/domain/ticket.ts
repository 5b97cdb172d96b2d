import type { ExternalId, OpenStatus, Priority, Status } from './words.ts'

/**
 * The version of the primary master that each field was last synced with, labels one by one: a later version that moved
 * one field has said nothing about another.
 */
export type Synced = Readonly<Record<string, number>>

/** What every ticket has, whatever its status. `version` counts commands on it, without gaps; 0 is not yet opened. */
export interface TicketCore {
  readonly id: string
  readonly number: number
  readonly version: number
  readonly subject: string
  readonly priority: Priority
  readonly requesterId: string | null
  /** The version that last gave the ticket to somebody else; 0: whoever it was opened for has it still. */
  readonly requesterVersion: number
  /** How many of its last versions are notes of the house, and nothing else. */
  readonly houseNotes: number
  readonly assigneeId: string | null
  readonly groupId: string | null
  readonly customerId: string | null
  readonly projectId: string | null
  readonly labels: readonly string[]
  /** Form fields, which may be large; null: not read, since nothing here shows or moves them. */
  readonly fields: Readonly<Record<string, string>> | null
  readonly externalIds: readonly ExternalId[]
  readonly master: boolean
  /** The primary master that linking last acknowledged, and the link that says so. */
  readonly primaryMasterId: string | null
  readonly linkId: string | null
  /** The customer wrote after the last public comment by anybody else; what the ticket was opened with is no reply. */
  readonly customerWaits: boolean
  /** What the syncs of the primary master rested on. */
  readonly synced: Synced
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface WaitingTicket extends TicketCore {
  readonly status: OpenStatus
}
export interface SolvedTicket extends TicketCore {
  readonly status: 'solved'
  readonly solvedAt: Date
}
export interface ClosedTicket extends TicketCore {
  readonly status: 'closed'
  readonly closedAt: Date
  readonly solvedAt: Date | null
}
export type Ticket = WaitingTicket | SolvedTicket | ClosedTicket

/** Throws where they were not read. */
export function fieldsOf({ id, fields }: Ticket): Readonly<Record<string, string>> {
  if (!fields) throw new TypeError(`the form fields of ${id} were not read`)
  return fields
}

export const solvedAt = (ticket: Ticket): Date | null => ('solvedAt' in ticket ? ticket.solvedAt : null)
export const closedAt = (ticket: Ticket): Date | null => (ticket.status === 'closed' ? ticket.closedAt : null)

/** The same ticket in another status since `at`. A ticket that is open again was never solved. */
export function inStatus(core: TicketCore, status: Status, at: Date, solvedBefore: Date | null): Ticket {
  switch (status) {
    case 'solved':
      return { ...core, status, solvedAt: at }
    case 'closed':
      return { ...core, status, closedAt: at, solvedAt: solvedBefore }
    case 'new':
    case 'open':
    case 'pending':
    case 'on_hold':
      return { ...core, status }
  }
}

/** The version of the last change that was more than a note of the house. */
export const movedVersion = ({ version, houseNotes }: Ticket): number => version - houseNotes
