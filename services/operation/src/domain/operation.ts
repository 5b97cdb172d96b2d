/** What can be done to children in bulk. */
export const operationKinds = [
  'set_status',
  'assign',
  'labels',
  'set_priority',
  'close',
  'broadcast',
  'note',
  'sync',
  'catch_up',
  'undo',
] as const
export type OperationKind = (typeof operationKinds)[number]

export type OperationState =
  | 'planned'
  | 'queued'
  | 'holding'
  | 'running'
  | 'paused'
  | 'waiting'
  | 'cancelled'
  | 'finished'
  | 'expired'

/** What is done to each child; which fields count follows from the kind. */
export interface Change {
  readonly status: string
  readonly priority: string
  /** Null: it stays; empty: it is taken away. */
  readonly assigneeId: string | null
  readonly groupId: string | null
  readonly addLabels: readonly string[]
  readonly removeLabels: readonly string[]
  /** close: also children whose customer waits for an answer. */
  readonly includeReplied: boolean
  /** close: ask first, and solve after so many days of silence; 0: at once. */
  readonly confirmToCloseDays: number
  /** undo: whose changes are put back, and which step's. */
  readonly undoneOperationId: string
  readonly undoneStep: number
  /** catch_up: how much of what a child missed it gets. */
  readonly missed: 'last' | 'all' | ''
  /** sync: which of the kinds is done. */
  readonly syncKind: OperationKind | ''
}

export const noChange: Change = {
  status: '',
  priority: '',
  assigneeId: null,
  groupId: null,
  addLabels: [],
  removeLabels: [],
  includeReplied: false,
  confirmToCloseDays: 0,
  undoneOperationId: '',
  undoneStep: 0,
  missed: '',
  syncKind: '',
}

/** A text for children whose requester reads this language. */
export interface TextVariant {
  readonly locale: string
  readonly text: string
}

/** What stands against a plan, or should be looked at. */
export interface Finding {
  readonly kind: 'leak' | 'variable-empty' | 'nobody-told'
  readonly field: string
  readonly message: string
  /** Whether it has to be overridden, with a reason, before the start. */
  readonly blocks: boolean
  readonly phrase: string
  readonly leakKind: string
  /** The first few children it is about. */
  readonly ticketNumbers: readonly number[]
}

/** What asked for work that no person started. */
export interface OperationCause {
  readonly kind: string
  readonly id: string
  readonly rootKind: string
  readonly rootId: string
  readonly actorKind: string
  readonly actorId: string
  readonly operationId: string
  readonly decisionId: string
  readonly step: number
}

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
  /** What every child gets whose item has body 1; empty: the operation has no text. */
  readonly text: string
  /** Bodies 2 and on. */
  readonly variants: readonly TextVariant[]
  readonly change: Change
  readonly findings: readonly Finding[]
  /** Why blocking findings were overridden, and by whom; empty: they were not. */
  readonly overrideReason: string
  readonly overriddenBy: string
  readonly needsApproval: boolean
  readonly approvedBy: string
  readonly approvedAt: Date | null
  readonly holdSeconds: number
  /** Children a minute; 0: as fast as it goes. */
  readonly rate: number
  /** When the next page may begin, where a rate is set. */
  readonly pageDueAt: Date | null
  /** It waits for its place since then, also while it is paused there; null: it does not wait. */
  readonly queuedAt: Date | null
  /** 1 is next; 0: not in the queue. */
  readonly queuePosition: number
  /** Why it was paused where nobody pressed the button. */
  readonly pauseReason: string
  /** Rises with every change of state or progress. */
  readonly progressVersion: number
  /** The highest link_seq of the master at planning: what lies above joined later. */
  readonly linkSeq: number
  /** The step that runs now: closes that ask first have two. */
  readonly step: number
  readonly waitingUntil: Date | null
  readonly lane: 'people' | 'sync'
  /** sync: the master's version the work rests on. */
  readonly masterVersion: number
  readonly cause: OperationCause | null
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
  /** When its workflow is looked for again. */
  readonly watchAt: Date | null
  /** Mails that failed are to be tried again, and notification has not been told yet. */
  readonly retriesMails: boolean
  /** Whether nothing at all had been done when the cancel took effect. */
  readonly cancelComplete: boolean
  readonly items: ItemProgress
  readonly notifications: NotificationProgress
}

/** Whether nothing more will change by itself: every item has its outcome and every notification its end. */
export const isOver = ({ state, finishedAt }: Pick<Operation, 'state' | 'finishedAt'>): boolean =>
  finishedAt !== null || state === 'expired'

/** Whether nothing was wanted of it since it was started, so that nothing is owed to fence, mails or their holds. */
export const isUnmoved = ({ epoch, retriesMails }: Pick<Operation, 'epoch' | 'retriesMails'>): boolean =>
  epoch === 1 && !retriesMails

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
  /** Which text it gets: 0 none, 1 the operation's, from 2 on a variant. */
  readonly body: number
  /** It had changed since the plan and was decided anew. */
  readonly moved: boolean
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
  /** It had changed since the plan and was decided anew. */
  readonly moved: boolean
  /** What was changed as it was and as it is, in the words of the plan; empty: as planned. */
  readonly before: string
  readonly after: string
  /** Whose ticket it was then; empty: nobody's, or not known. */
  readonly requesterId: string
  /** What the text's variables said to this child. */
  readonly values: Readonly<Record<string, string>>
}
