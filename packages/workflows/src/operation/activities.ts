import type { ControlAnswer, OperationRef, OperationView, OperatorCommand } from './types.ts'

/** What a slice leaves behind. */
export interface SliceEnd extends OperationView {
  /** The wanted state or the fence stands against further pages: somebody will say when to go on. */
  readonly halted: boolean
  /** The next page's time has not come: so long to wait, by the database's clock. */
  readonly waitMs: number
}

/** What the workflow asks of the world; services/operation implements it. */
export interface OperationActivities {
  /**
   * Page after page until the slice's time is up. The first slice raises the fence, the one that records the last
   * outcome closes the operation: both belong to the transaction they are about, and cost no activity of their own.
   */
  runSlice(operation: OperationRef): Promise<SliceEnd>
  /** The same commands as REST and CLI call, on behalf of the operator. */
  commandOperation(command: OperationRef & OperatorCommand): Promise<ControlAnswer>
}
