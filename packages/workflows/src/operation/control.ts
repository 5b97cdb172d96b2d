import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { OperationActivities } from './activities.ts'
import { attributes } from './attributes.ts'
import { currentDetails } from './details.ts'
import { cancel, pause, progress, resume, retryFailed, setRate, wake } from './messages.ts'
import { firstSlice } from './slices.ts'
import { type ControlAnswer, type Cursor, MAX_RATE, type OperationInput, type OperatorCommand } from './types.ts'

const { commandOperation } = proxyActivities<OperationActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '60 s', // whoever pressed the button is told in the end that it did not work
  retry: { initialInterval: '200 ms', maximumInterval: '5 s' },
})
// of a cancellation nobody is told: it is carried out, however long that takes
const { commandOperation: carryOut } = proxyActivities<OperationActivities>({
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '200 ms', maximumInterval: '5 s' },
})

/** What can happen to a running operation from outside, and what it shows of itself. */
export interface Control {
  /** Takes note of where the work stands, and shows it. */
  saw(cursor: Cursor): void
  /** A slice begins: what wakes us from now on is news. */
  listening(): void
  /** Whether a wake came after the latest slice began. */
  called(): boolean
  /** Whoever said something has their answer, and a cancellation has been carried out. */
  answered(): boolean
  /** Waits as the cursor says. A pause has no timer and costs no history; whatever wakes us ends a wait early. */
  rested(cursor: Cursor): Promise<void>
}

/** Sets the handlers; to be called before the first await, so that nothing is missed. */
export function listenForControl(input: OperationInput): Control {
  const { workspaceId, operationId } = input
  let cursor = input.cursor ?? firstSlice(input)
  let shown = cursor.state
  let wakes = 0
  let heard = 0
  let cancelling = false

  const show = (state: string) => {
    setCurrentDetails(currentDetails({ ...cursor, state }, input.link))
    if (state === shown) return
    shown = state
    upsertSearchAttributes([
      { key: attributes.State, value: state },
      { key: attributes.ItemsFailed, value: cursor.failed },
    ])
  }
  const command = async (asked: OperatorCommand, call = commandOperation): Promise<ControlAnswer> => {
    const answer = await CancellationScope.nonCancellable(() => call({ workspaceId, operationId, ...asked }))
    wakes += 1
    show(answer.state)
    return answer
  }
  // "Request Cancellation" of the workflow means the operation, which then comes to its end in order
  const cancelled = async () => {
    cancelling = true
    try {
      await command({ verb: 'cancel' }, carryOut)
    } catch (error) {
      log.warn('the cancellation came too late', { error }) // refused for good: the operation has ended
    } finally {
      cancelling = false
    }
  }
  const called = () => wakes > heard
  const open = () => {
    if (cursor.closed) throw ApplicationFailure.nonRetryable('every item has its outcome', 'operation-finished')
  }
  const validRate = (rate: number) => {
    open()
    if (!Number.isInteger(rate) || rate < 0 || rate > MAX_RATE)
      throw ApplicationFailure.nonRetryable(`a rate is 0 to ${MAX_RATE} children a minute`, 'rate-out-of-range')
  }
  setHandler(wake, ({ state, launch }) => {
    if (launch === input.epoch) return // came with this very run
    wakes += 1
    show(state)
  })
  setHandler(progress, () => ({ ...cursor, state: shown }))
  setHandler(pause, () => command({ verb: 'pause' }), { validator: open })
  setHandler(resume, () => command({ verb: 'resume' }), { validator: open })
  setHandler(cancel, () => command({ verb: 'cancel' }), { validator: open })
  setHandler(retryFailed, () => command({ verb: 'retry-failed' }), { validator: open })
  setHandler(setRate, (rate) => command({ verb: 'set-rate', rate }), { validator: validRate })
  CancellationScope.current().cancelRequested.catch(cancelled)
  show(shown)

  return {
    saw(now) {
      cursor = now
      show(now.state)
    },
    listening() {
      heard = wakes
    },
    called,
    answered: () => allHandlersFinished() && !cancelling,
    async rested({ halted, waitMs }) {
      if (halted) await condition(called)
      else if (waitMs > 0) await condition(called, waitMs)
    },
  }
}
