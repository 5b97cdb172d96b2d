/** Where the worker listens; a test world has a queue of its own. */
export const OPERATION_TASK_QUEUE = 'umbel.operation'

/** Work that no person started has a lane of its own, so that neither waits for the other. */
export const laneQueue = (taskQueue: string, lane: Lane): string => (lane === 'sync' ? `${taskQueue}.sync` : taskQueue)

export type Lane = 'people' | 'sync'

/** The workflow's type, for whoever starts it without its code. */
export const RUN_OPERATION = 'runOperation'

/** Signal: something about the operation has been written; look again. */
export const WAKE = 'wake'

/** One operation is one workflow, whoever starts it and however often. */
export const operationWorkflowId = ({ workspaceId, operationId }: OperationRef): string =>
  `operation/${workspaceId}/${operationId}`

export interface OperationRef {
  readonly workspaceId: string
  readonly operationId: string
}

export type ControlVerb = 'pause' | 'resume' | 'cancel'

/** What an operator can ask of an operation; all of it goes through the same commands as REST and CLI. */
export type OperatorCommand =
  | { readonly verb: ControlVerb | 'retry-failed' }
  | { readonly verb: 'set-rate'; readonly rate: number }

/** Children a minute at most. */
export const MAX_RATE = 100_000

/** How its items stand. `left` have no outcome yet; `cancelled` ended before their turn came. */
export interface ItemCounts {
  readonly applied: number
  readonly skipped: number
  readonly failed: number
  readonly cancelled: number
  readonly left: number
}

/** The operation as the service knows it. */
export interface OperationView extends ItemCounts {
  /** queued, holding, running, paused, waiting, cancelled or finished. */
  readonly state: string
  /** Every item has its outcome and nothing more will be done to any child. */
  readonly closed: boolean
  /** Children a minute; 0: as fast as it goes. */
  readonly rate: number
  /** How many children failed for which reason: slugs and counts. */
  readonly failures: Readonly<Record<string, number>>
}

/** Where the work stands between two slices. Items are counted, never listed. */
export interface Cursor extends OperationView {
  readonly slice: number
  /** Nothing to do until somebody says so. */
  readonly halted: boolean
  /** Nothing to do for so long: a hold, a rate, or customers who were asked. */
  readonly waitMs: number
}

/** Ids and counts: history keeps this for good, so no ticket list and no customer's text belongs here. */
export interface OperationInput extends OperationRef {
  readonly masterId: string
  readonly kind: string
  readonly itemsTotal: number
  /** Where it stood when the workflow was launched. */
  readonly state: string
  readonly epoch: number
  /** What was left of the hold by then. */
  readonly holdMs: number
  /** Where people see the operation; empty: nowhere. */
  readonly link: string
  /** Set where a run continues an earlier one. */
  readonly cursor?: Cursor
}

/** What a wake says. `launch`: the epoch of the launch that it came with, so that a new run knows its own. */
export interface Told {
  readonly state: string
  readonly launch?: number
}

export interface OperationResult extends ItemCounts {
  readonly state: string
}

/** What a command answers: the state it left behind and how far the work had come. */
export interface ControlAnswer extends OperationView {
  /** Whether nothing at all had been done when a cancel took effect. */
  readonly complete: boolean
}
