/** Where the worker listens; a test world has a queue of its own. */
export const OPERATION_TASK_QUEUE = 'umbel.operation'

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

/** What has been asked of an operation since it started. */
export type WantedState = 'running' | 'paused' | 'cancelled'

/** How its items stand. `left` have no outcome yet; `cancelled` ended before their turn came. */
export interface ItemCounts {
  readonly applied: number
  readonly skipped: number
  readonly failed: number
  readonly cancelled: number
  readonly left: number
}

/** Where the work stands between two slices. Items are counted, never listed. */
export interface Cursor extends ItemCounts {
  readonly slice: number
  readonly halted: boolean
}

/** Ids and counts: history keeps this for good, so no ticket list and no customer's text belongs here. */
export interface OperationInput extends OperationRef {
  readonly masterId: string
  readonly kind: string
  readonly itemsTotal: number
  /** What was left of the hold when the workflow was launched. */
  readonly holdMs: number
  /** Set where a run continues an earlier one. */
  readonly cursor?: Cursor
  readonly wanted?: WantedState
}

export interface OperationResult extends ItemCounts {
  readonly state: 'finished' | 'cancelled'
}

/** What a control command answers: the state it left behind and how far the work had come. */
export interface ControlAnswer extends ItemCounts {
  readonly state: string
  /** Whether nothing at all had been done when a cancel took effect. */
  readonly complete: boolean
}
