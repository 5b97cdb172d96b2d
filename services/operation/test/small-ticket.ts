/** One child ticket in a world without a ticket service. */
export interface SmallTicket {
  readonly id: string
  readonly number: number
  readonly linkId: string
  status: string
  version: number
  comments: string[]
  linked: boolean
  hidden: boolean
  /** Empty: none. */
  requesterId: string
  /** The version that gave it to somebody else; 0: none did. */
  requesterVersion: number
  readonly linkSeq: number
  followUp: boolean
  priority: string
  assigneeId: string
  customerId: string
  labels: string[]
  customerWaits: boolean
  locale: string
  values: Record<string, string>
}

/** Somebody else has it from its next version on. */
export function give(ticket: SmallTicket, requesterId: string): void {
  ticket.version += 1
  ticket.requesterId = requesterId
  ticket.requesterVersion = ticket.version
}
