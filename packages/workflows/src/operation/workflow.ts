import { CancellationScope, condition, continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { OperationActivities } from './activities.ts'
import { type Control, listenForControl } from './control.ts'
import { firstSlice, nextSlice, resultOf } from './slices.ts'
import type { Cursor, OperationInput, OperationResult } from './types.ts'

const { runSlice } = proxyActivities<OperationActivities>({
  startToCloseTimeout: '30 s',
  heartbeatTimeout: '3 s', // a worker that died is noticed this late
  retry: { initialInterval: '200 ms', maximumInterval: '1 s' }, // for as long as it takes: nobody is forgotten
})

/** One operation from its accepted start until every item has its outcome. */
export async function runOperation(input: OperationInput): Promise<OperationResult> {
  const control = listenForControl(input) // before the first await, so that nothing is missed
  return CancellationScope.nonCancellable(() => conduct(input, control)) // a cancellation is a command, no end
}

async function conduct(input: OperationInput, control: Control): Promise<OperationResult> {
  const { workspaceId, operationId } = input
  let cursor = input.cursor ?? firstSlice(input)
  do {
    await control.rested(cursor) // queue, hold, pause, rate, customers who were asked: a slice says which and how long
    control.listening()
    cursor = nextSlice(cursor, await runSlice({ workspaceId, operationId })) // the first one raises the fence
    control.saw(cursor)
    if (workflowInfo().continueAsNewSuggested && !cursor.closed) {
      await condition(control.answered) // an agent who pressed pause still gets the answer
      await continueAsNew<typeof runOperation>({ ...input, cursor: control.called() ? atOnce(cursor) : cursor })
    }
    if (cursor.closed) await condition(control.answered)
  } while (!cursor.closed || control.called()) // what failed may be tried again in the last moment
  return resultOf(cursor)
}

/** The next run looks again before it waits: something was said that this one did not look into. */
const atOnce = (cursor: Cursor): Cursor => ({ ...cursor, halted: false, waitMs: 0 })
