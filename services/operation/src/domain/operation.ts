/** What can be done to children in bulk. `broadcast` adds a public comment; `close` solves, with or without one. */
export const operationKinds = ['broadcast', 'close'] as const
export type OperationKind = (typeof operationKinds)[number]

export type OperationState = 'planned' | 'holding' | 'running' | 'paused' | 'cancelled' | 'finished' | 'expired'

/** How the items stand; they sum up to `total`. `cancelled` ended before their turn came. */
export interface ItemProgress {
  readonly total: number
  readonly pending: number
  readonly applied: number
  readonly skipped: number
  readonly failed: number
  readonly cancelled: number
}

/** What is known of a notification. `pending`: owed, and not at its end yet. */
export const notificationStates = ['pending', 'sent', 'skipped', 'withheld', 'suppressed', 'failed', 'unknown'] as const
export type NotificationState = (typeof notificationStates)[number]
export type NotificationProgress = Readonly<Record<NotificationState, number>>

export interface Operation {
  readonly id: string
  readonly kind: OperationKind
  readonly masterId: string
  readonly state: OperationState
  /** Every control change takes one more; a page of another epoch does not commit. */
  readonly epoch: number
  readonly planHash: string
  readonly text: string
  readonly holdSeconds: number
  /** How many items were planned to be applied. */
  readonly applying: number
  readonly hidden: number
  readonly plannedBy: string
  readonly startedBy: string
  readonly plannedAt: Date
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly holdEndsAt: Date | null
  /** When the last item got its outcome. */
  readonly closedAt: Date | null
  /** When also the last notification owed had come to its end. */
  readonly finishedAt: Date | null
  /** When the workflow was launched. */
  readonly launchedAt: Date | null
  /** The fence has been raised. */
  readonly armed: boolean
  /** A control change has not reached everybody, or a launch its workflow: looked at again from then on. */
  readonly attentionAt: Date | null
  /** Whether nothing at all had been done when the cancel took effect. */
  readonly cancelComplete: boolean
  readonly items: ItemProgress
  readonly notifications: NotificationProgress
}

export type ItemState = 'planned' | 'applied' | 'skipped' | 'failed'

export interface Item {
  readonly seq: number
  readonly ticketId: string
  readonly linkId: string
  readonly ticketNumber: number
  readonly state: ItemState
  readonly reason: string
  readonly before: string
  readonly after: string
  /** The ticket's version after it was applied; before that 0. */
  readonly version: number
  readonly notification: NotificationState | ''
  readonly notificationReason: string
}

/** What became of one child when its turn came. */
export interface ItemOutcome {
  readonly ticketId: string
  readonly state: Exclude<ItemState, 'planned'>
  readonly reason: string
  readonly version: number
  /** Whether a notification is owed for what was applied. */
  readonly notifies: boolean
}
