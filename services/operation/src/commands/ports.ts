import type { Actor } from '@umbel/kernel'
import type { PlannedTicket } from '../domain/decide-item.ts'
import type { Effect, PageBody } from '../domain/effect.ts'
import type { Leak } from '../domain/findings.ts'
import type { ItemOutcome, Operation, OperationCause } from '../domain/operation.ts'
import type { ChildrenFilter } from '../domain/plan.ts'
import type { NotificationOutcome } from '../store/notification-store.ts'

/** On whose behalf a peer is asked. An empty actor is the house itself. */
export interface Asking {
  readonly workspaceId: string
  readonly actorId: string
}

export interface LinkedChild {
  readonly ticketId: string
  readonly linkId: string
  /** When it joined its master, as a rising number. */
  readonly linkSeq: number
  readonly followUp: boolean
}
export interface ChildrenPage {
  readonly children: readonly LinkedChild[]
  /** The master's highest number so far. */
  readonly linkSeqHighWater: number
  /** Empty: that was the last page. */
  readonly next: string
}
export interface ChildrenQuery {
  readonly masterId: string
  /** Empty: all. */
  readonly ticketIds: readonly string[]
  readonly filter: ChildrenFilter
  /** Only who joined above this. */
  readonly aboveLinkSeq: number
  readonly limit: number
  readonly after: string
}
/** The children that a master drives, a page at a time. Throws `not-found` for what is no master. */
export type ListChildren = (asking: Asking, query: ChildrenQuery) => Promise<ChildrenPage>

export interface CheckedText {
  readonly field: string
  readonly text: string
}
export interface LeakQuery {
  readonly masterId: string
  readonly texts: readonly CheckedText[]
  /** Who gets the texts; empty: every child of the master. */
  readonly receiverIds: readonly string[]
}
/** What texts give away about anybody but who receives them. */
export type FindLeaks = (asking: Asking, query: LeakQuery) => Promise<readonly Leak[]>

/** How the workspace's agents and groups are called before everybody, as far as the actor may see them. */
export type DirectoryNames = (asking: Asking) => Promise<ReadonlyMap<string, string>>

export type TicketState = PlannedTicket & { readonly ticketId: string }
export interface TicketStates {
  readonly states: readonly TicketState[]
  /** How many of those asked for the actor may not see. */
  readonly hidden: number
}
/** Up to 1,000 tickets as they are now; what the actor may not see is left out. */
export type GetTicketStates = (
  asking: Asking,
  ticketIds: readonly string[],
  variables?: readonly string[],
) => Promise<TicketStates>

/** Whose the ticket is now, empty: nobody's; `not-found` where there is none that the actor may see. */
export type GetRequester = (asking: Asking, ticketId: string) => Promise<string>

/** Who acts, with the rights of now. */
export type ResolveActor = (asking: Asking) => Promise<Actor>

/** What became of everything that children of one operation were owed, the oldest first, in pages. */
export type OperationNotifications = (
  asking: Asking,
  operationId: string,
) => AsyncIterable<readonly NotificationOutcome[]>

/** A control change of one operation, as the fence and the mail hold understand it. */
export interface Move {
  readonly workspaceId: string
  readonly operationId: string
  readonly epoch: number
}

/** Stands where pages commit. A lower epoch changes nothing. */
export interface Fence {
  /** Raises it, never over one that stands. */
  arm(move: Move): Promise<void>
  /** Once it answers no page commits. */
  halt(move: Move): Promise<void>
  /** The same, and says how many outcomes were stored by then. */
  haltAndCount(move: Move): Promise<number>
  resume(move: Move): Promise<void>
}

/** Stands where mails are leased. */
export interface MailHold {
  /** Once it answers no mail of the operation leaves. */
  hold(move: Move): Promise<void>
  release(move: Move): Promise<void>
  /** Like a hold, for good: what has not left ends `withheld`. */
  withhold(move: Move): Promise<void>
  /** What failed is due again, under a hold as well; what was sent is not sent again. */
  retry(move: Move): Promise<void>
}

export interface OperationPage extends Move {
  readonly step: number
  readonly effect: Effect
  /** On whose behalf; empty: the house itself. */
  readonly actorId: string
  readonly bodies: readonly PageBody[]
  readonly items: readonly PageItem[]
  /** sync: the master's version it rests on; 0: none. */
  readonly masterVersion: number
  readonly cause: OperationCause | null
}
export interface PageItem {
  readonly ticketId: string
  readonly linkId: string
  /** Which of the bodies it gets; 0: none. */
  readonly body: number
  readonly plannedVersion: number
}
/** What became of one child of a page. */
export type PageOutcome = ItemOutcome
export interface PageAnswer {
  /** The fence stands against the page: nothing was done now. Outcomes are those of an earlier call. */
  readonly halted: boolean
  readonly outcomes: readonly PageOutcome[]
}
/** One transaction over up to 250 children; the same page twice answers the same. */
export type ApplyPage = (page: OperationPage) => Promise<PageAnswer>

export interface Launch {
  readonly workspaceId: string
  readonly operationId: string
  readonly masterId: string
  readonly kind: string
  readonly lane: Operation['lane']
  readonly state: string
  readonly epoch: number
  readonly itemsTotal: number
  readonly holdMs: number
}
/** The conductor. */
export interface Workflows {
  /** Sees to it that the operation's one workflow runs and looks: a start of what runs already is a wake. */
  start(launch: Launch): Promise<void>
  /** Tells it to look again; nothing happens where it has ended or was never started. */
  wake(operation: OperationRef, state: string): Promise<void>
  /** Whether it is there and has not ended. */
  runs(operation: OperationRef): Promise<boolean>
}
export interface OperationRef {
  readonly workspaceId: string
  readonly operationId: string
}

/** What operation asks the other services, as functions; tests hand in small worlds of their own. */
export interface Peers {
  readonly resolveActor: ResolveActor
  readonly ticketStates: GetTicketStates
  readonly ticketRequester: GetRequester
  readonly listChildren: ListChildren
  readonly findLeaks: FindLeaks
  readonly directoryNames: DirectoryNames
  readonly applyPage: ApplyPage
  readonly fence: Fence
  readonly mailHold: MailHold
  readonly operationNotifications: OperationNotifications
}
