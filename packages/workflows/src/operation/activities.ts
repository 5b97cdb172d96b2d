import type { ControlAnswer, ControlVerb, ItemCounts, OperationRef } from './types.ts'

/** What a slice leaves behind. `halted`: the fence or the wanted state stands against further pages. */
export interface SliceEnd extends ItemCounts {
  readonly halted: boolean
  readonly cancelled: number
}

/** What the workflow asks of the world; services/operation implements it. */
export interface OperationActivities {
  /**
   * Page after page until the slice's time is up. The first slice raises the fence, the one that records the last
   * outcome closes the operation: both belong to the transaction they are about, and cost no activity of their own.
   */
  runSlice(operation: OperationRef): Promise<SliceEnd>
  /** The same command as REST and CLI call, on behalf of the operator. */
  controlOperation(command: OperationRef & { readonly verb: ControlVerb }): Promise<ControlAnswer>
}
