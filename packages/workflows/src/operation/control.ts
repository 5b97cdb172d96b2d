import {
  ApplicationFailure,
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { OperationActivities } from './activities.ts'
import { attributes } from './attributes.ts'
import { currentDetails } from './details.ts'
import { cancel, pause, progress, resume, wake } from './messages.ts'
import { firstSlice, isDone } from './slices.ts'
import type { ControlAnswer, ControlVerb, Cursor, OperationInput, WantedState } from './types.ts'

const { controlOperation } = proxyActivities<OperationActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '60 s', // whoever pressed the button is told in the end that it did not work
  retry: { initialInterval: '200 ms', maximumInterval: '5 s' },
})

/** What can happen to a running operation from outside, and what it shows of itself. */
export interface Control {
  /** Waits out the hold; only a cancel ends it early. */
  held(holdMs: number): Promise<void>
  /** Takes note of where the work stands; shown when the state has changed. */
  saw(cursor: Cursor): void
  /** Waits for a wake that came after the latest slice began. No timer: a pause costs no history. */
  woken(): Promise<void>
  /** A slice begins: what wakes us from now on is news. */
  listening(): void
  /** What a next run has to know. */
  state(): { readonly wanted: WantedState }
}

/** Sets the handlers; to be called before the first await, so that nothing is missed. */
export function listenForControl(input: OperationInput): Control {
  let wanted: WantedState = input.wanted ?? 'running'
  let cursor = input.cursor ?? firstSlice(input)
  let holding = input.holdMs > 0 && !input.cursor
  let shown = holding ? 'holding' : 'running'
  let wakes = 0
  let heard = 0

  const state = () => (isDone(cursor) ? endState(cursor) : holding && wanted === 'running' ? 'holding' : wanted)
  const show = () => {
    if (state() === shown) return
    shown = state()
    setCurrentDetails(currentDetails(shown, cursor))
    upsertSearchAttributes([
      { key: attributes.State, value: shown },
      { key: attributes.ItemsFailed, value: cursor.failed },
    ])
  }
  const notice = (now: WantedState) => {
    wanted = now
    wakes += 1
    show()
  }
  const asked = (verb: ControlVerb, leads: WantedState) => async (): Promise<ControlAnswer> => {
    const answer = await controlOperation({ workspaceId: input.workspaceId, operationId: input.operationId, verb })
    notice(leads)
    return answer
  }
  const validator = () => {
    if (isDone(cursor)) throw ApplicationFailure.nonRetryable('every item has its outcome', 'operation-finished')
  }
  setHandler(wake, notice)
  setHandler(progress, () => ({ ...cursor, state: state() }))
  setHandler(pause, asked('pause', 'paused'), { validator })
  setHandler(resume, asked('resume', 'running'), { validator })
  setHandler(cancel, asked('cancel', 'cancelled'), { validator })

  return {
    async held(holdMs) {
      if (holdMs > 0) await condition(() => wanted === 'cancelled', holdMs)
      holding = false
      show()
    },
    saw(now) {
      cursor = now
      show()
    },
    listening() {
      heard = wakes
    },
    woken: () => condition(() => wakes > heard),
    state: () => ({ wanted }),
  }
}

const endState = ({ cancelled }: Cursor) => (cancelled > 0 ? 'cancelled' : 'finished')
