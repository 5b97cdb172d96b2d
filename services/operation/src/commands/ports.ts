import type { Actor } from '@umbel/kernel'
import type { ItemOutcome } from '../domain/operation.ts'

/** On whose behalf a peer is asked. An empty actor is the house itself. */
export interface Asking {
  readonly workspaceId: string
  readonly actorId: string
}

export interface LinkedChild {
  readonly ticketId: string
  readonly linkId: string
  readonly followUp: boolean
}
export interface ChildrenPage {
  readonly children: readonly LinkedChild[]
  /** Empty: that was the last page. */
  readonly next: string
}
export interface ChildrenQuery {
  readonly masterId: string
  /** Empty: all. */
  readonly ticketIds: readonly string[]
  readonly statuses: readonly string[]
  readonly limit: number
  readonly after: string
}
/** The children that a master drives, a page at a time. Throws `not-found` for what is no master. */
export type ListChildren = (asking: Asking, query: ChildrenQuery) => Promise<ChildrenPage>

export interface TicketState {
  readonly ticketId: string
  readonly number: number
  readonly version: number
  readonly status: string
}
export interface TicketStates {
  readonly states: readonly TicketState[]
  /** How many of those asked for the actor may not see. */
  readonly hidden: number
}
/** Up to 1,000 tickets as they are now; what the actor may not see is left out. */
export type GetTicketStates = (asking: Asking, ticketIds: readonly string[]) => Promise<TicketStates>

/** Who acts, with the rights of now. */
export type ResolveActor = (asking: Asking) => Promise<Actor>

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
  /** Once it answers no page commits; says how many children had an outcome by then. */
  halt(move: Move): Promise<{ readonly outcomes: number }>
  resume(move: Move): Promise<void>
}

/** Stands where mails are leased. */
export interface MailHold {
  /** Once it answers no mail of the operation leaves. */
  hold(move: Move): Promise<void>
  release(move: Move): Promise<void>
  /** Like a hold, for good: what has not left ends `withheld`. */
  withhold(move: Move): Promise<void>
}

export interface OperationPage extends Move {
  readonly kind: 'broadcast' | 'close'
  readonly actorId: string
  readonly text: string
  readonly items: readonly { readonly ticketId: string; readonly linkId: string }[]
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
  readonly itemsTotal: number
  readonly holdMs: number
}
/** The conductor. */
export interface Workflows {
  /** Starts the operation's one workflow; a second start is the same one. */
  start(launch: Launch): Promise<void>
  /** Tells it to look again; nothing happens where it has ended or was never started. */
  wake(operation: { readonly workspaceId: string; readonly operationId: string }, wanted: Wanted): Promise<void>
}
export type Wanted = 'running' | 'paused' | 'cancelled'
