/** Whether an operation changes children of its master at the moment. */
export interface OperationRun {
  readonly operationId: string
  readonly version: number
  readonly masterId: string
  readonly running: boolean
}
