import { TicketPriority, TicketStatus } from './gen/umbel/common/v1/words_pb.ts'

/** The status words of the house, as rows, REST and people spell them. */
export const statusWords = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
export type StatusWord = (typeof statusWords)[number]

export const priorityWords = ['low', 'normal', 'high', 'urgent'] as const
export type PriorityWord = (typeof priorityWords)[number]

/** Statuses in which a ticket still waits for somebody. */
export const openStatuses: readonly StatusWord[] = ['new', 'open', 'pending', 'on_hold']

const statusToWire: Record<StatusWord, TicketStatus> = {
  new: TicketStatus.NEW,
  open: TicketStatus.OPEN,
  pending: TicketStatus.PENDING,
  on_hold: TicketStatus.ON_HOLD,
  solved: TicketStatus.SOLVED,
  closed: TicketStatus.CLOSED,
}
const priorityToWire: Record<PriorityWord, TicketPriority> = {
  low: TicketPriority.LOW,
  normal: TicketPriority.NORMAL,
  high: TicketPriority.HIGH,
  urgent: TicketPriority.URGENT,
}
const byWire = <W extends string, E extends number>(table: Record<W, E>): ReadonlyMap<number, W> =>
  new Map(Object.entries(table).map(([word, wire]) => [wire as number, word as W]))
const statusByWire = byWire(statusToWire)
const priorityByWire = byWire(priorityToWire)

export const toWireStatus = (word: StatusWord): TicketStatus => statusToWire[word]
/** `undefined` for unspecified and for values of a newer contract. */
export const fromWireStatus = (wire: TicketStatus): StatusWord | undefined => statusByWire.get(wire)
export const toWirePriority = (word: PriorityWord): TicketPriority => priorityToWire[word]
export const fromWirePriority = (wire: TicketPriority): PriorityWord | undefined => priorityByWire.get(wire)
