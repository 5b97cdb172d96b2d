import { ActorKind, CauseKind } from './gen/umbel/common/v1/cause_pb.ts'
import { LinkKind, TicketPriority, TicketStatus } from './gen/umbel/common/v1/words_pb.ts'
import { NotificationState } from './gen/umbel/notification/events/v1/notification_changed_pb.ts'

/** The status words of the house, as rows, REST and people spell them. */
export const statusWords = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const
export type StatusWord = (typeof statusWords)[number]

export const priorityWords = ['low', 'normal', 'high', 'urgent'] as const
export type PriorityWord = (typeof priorityWords)[number]

export type LinkWord = 'child' | 'duplicate' | 'related'
/** What kind of cause a change has, and what kind of actor stands behind it. */
export type CauseWord = 'user' | 'upstream' | 'operation' | 'sync' | 'mirror' | 'system'
export type ActorWord = 'agent' | 'requester' | 'source' | 'system'

/** What becomes of what a recipient is owed. */
export type NotificationWord = 'pending' | 'sent' | 'skipped' | 'withheld' | 'suppressed' | 'failed' | 'unknown'

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
const linkToWire: Record<LinkWord, LinkKind> = {
  child: LinkKind.CHILD,
  duplicate: LinkKind.DUPLICATE,
  related: LinkKind.RELATED,
}
const causeToWire: Record<CauseWord, CauseKind> = {
  user: CauseKind.USER,
  upstream: CauseKind.UPSTREAM,
  operation: CauseKind.OPERATION,
  sync: CauseKind.SYNC,
  mirror: CauseKind.MIRROR,
  system: CauseKind.SYSTEM,
}
const actorToWire: Record<ActorWord, ActorKind> = {
  agent: ActorKind.AGENT,
  requester: ActorKind.REQUESTER,
  source: ActorKind.SOURCE,
  system: ActorKind.SYSTEM,
}
const notificationToWire: Record<NotificationWord, NotificationState> = {
  pending: NotificationState.PENDING,
  sent: NotificationState.SENT,
  skipped: NotificationState.SKIPPED,
  withheld: NotificationState.WITHHELD,
  suppressed: NotificationState.SUPPRESSED,
  failed: NotificationState.FAILED,
  unknown: NotificationState.UNKNOWN,
}
const byWire = <W extends string, E extends number>(table: Record<W, E>): ReadonlyMap<number, W> =>
  new Map(Object.entries(table).map(([word, wire]) => [wire as number, word as W]))
const statusByWire = byWire(statusToWire)
const priorityByWire = byWire(priorityToWire)
const linkByWire = byWire(linkToWire)
const causeByWire = byWire(causeToWire)
const actorByWire = byWire(actorToWire)
const notificationByWire = byWire(notificationToWire)

// each way back gives `undefined` for unspecified and for values of a newer contract
export const toWireStatus = (word: StatusWord): TicketStatus => statusToWire[word]
export const fromWireStatus = (wire: TicketStatus): StatusWord | undefined => statusByWire.get(wire)
export const toWirePriority = (word: PriorityWord): TicketPriority => priorityToWire[word]
export const fromWirePriority = (wire: TicketPriority): PriorityWord | undefined => priorityByWire.get(wire)
export const toWireLinkKind = (word: LinkWord): LinkKind => linkToWire[word]
export const fromWireLinkKind = (wire: LinkKind): LinkWord | undefined => linkByWire.get(wire)
export const toWireCauseKind = (word: CauseWord): CauseKind => causeToWire[word]
export const fromWireCauseKind = (wire: CauseKind): CauseWord | undefined => causeByWire.get(wire)
export const toWireActorKind = (word: ActorWord): ActorKind => actorToWire[word]
export const fromWireActorKind = (wire: ActorKind): ActorWord | undefined => actorByWire.get(wire)
export const fromWireNotification = (state: NotificationState): NotificationWord | undefined =>
  notificationByWire.get(state)
