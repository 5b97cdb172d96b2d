import { allHandlersFinished, condition, continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { OperationActivities } from './activities.ts'
import { listenForControl } from './control.ts'
import { holdTime } from './hold.ts'
import { firstSlice, isDone, nextSlice, resultOf } from './slices.ts'
import type { OperationInput, OperationResult } from './types.ts'

const { runSlice } = proxyActivities<OperationActivities>({
  startToCloseTimeout: '30 s',
  heartbeatTimeout: '3 s', // a worker that died is noticed this late
  retry: { initialInterval: '200 ms', maximumInterval: '1 s' }, // for as long as it takes: nobody is forgotten
})

/** One operation from its accepted start until every item has its outcome. */
export async function runOperation(input: OperationInput): Promise<OperationResult> {
  const { workspaceId, operationId } = input
  const control = listenForControl(input) // updates, wake, progress: before the first await, so nothing is missed
  await control.held(holdTime(input)) // none once there is a cursor; until it ends, cancel is complete
  let cursor = input.cursor ?? firstSlice(input)
  while (!isDone(cursor)) {
    control.listening()
    cursor = nextSlice(cursor, await runSlice({ workspaceId, operationId })) // the first one raises the fence
    control.saw(cursor)
    if (cursor.halted) await control.woken() // a pause costs no history: the fence has it, a signal ends it
    if (workflowInfo().continueAsNewSuggested && !isDone(cursor)) {
      await condition(allHandlersFinished) // an agent who pressed pause still gets the answer
      await continueAsNew<typeof runOperation>({ ...input, ...control.state(), cursor })
    }
  }
  await condition(allHandlersFinished)
  return resultOf(cursor)
}
