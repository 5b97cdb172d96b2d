/** The states that children can be chosen by. */
export const slaStates = ['ok', 'at_risk', 'breached'] as const

/** The worst of a ticket's running clocks. */
export interface TicketSla {
  readonly ticketId: string
  readonly version: number
  /** Empty, or a word of a newer contract: no state that children are chosen by. */
  readonly state: string
}
