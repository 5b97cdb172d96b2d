import { assertNever, refused } from '@umbel/kernel'
import type { Operation, OperationState } from './operation.ts'

export type ControlVerb = 'pause' | 'resume' | 'cancel'

/** As much of an operation as control looks at. */
export type Standing = Pick<Operation, 'state' | 'epoch'> & {
  readonly closed: boolean
  readonly finished: boolean
  /** Whether the hold's end has come. */
  readonly holdOver: boolean
}

/** What is wanted from now on; the same object's state and epoch where it is wanted already. */
export type Wanted = Pick<Operation, 'state' | 'epoch'>

/**
 * Decides a pause, resume or cancel. Said twice it changes nothing. Mails may be under way after the last item was
 * applied, so a closed operation can be paused and cancelled until the last of them has ended.
 */
export function decideControl(now: Standing, verb: ControlVerb): Wanted {
  if (now.state === 'expired') throw refused('plan-expired', 'the plan has expired')
  if (verb === 'cancel' && now.state === 'cancelled') return now
  if (now.state === 'planned' && verb !== 'cancel')
    throw refused('operation-not-started', 'the operation has not been started')
  if (now.finished || now.state === 'cancelled')
    throw refused('operation-finished', 'the operation has come to its end')
  switch (verb) {
    case 'pause':
      return move(now, 'paused')
    case 'resume':
      return now.state === 'paused' ? move(now, stateAfterPause(now)) : now
    case 'cancel':
      return move(now, 'cancelled')
    default:
      return assertNever(verb)
  }
}

const move = (now: Standing, state: OperationState): Wanted =>
  now.state === state ? now : { state, epoch: now.epoch + 1 }

function stateAfterPause({ closed, holdOver }: Standing): OperationState {
  if (closed) return 'finished'
  return holdOver ? 'running' : 'holding'
}

/** What the next page finds: it may be sent, or why not. A hold that the workflow has waited out is over. */
export function decidePage({ state }: Pick<Operation, 'state'>): 'go' | 'halted' | 'cancelled' {
  switch (state) {
    case 'holding':
    case 'running':
    case 'finished':
      return 'go'
    case 'paused':
    case 'planned':
    case 'expired':
      return 'halted'
    case 'cancelled':
      return 'cancelled'
    default:
      return assertNever(state)
  }
}

/** Where items and notifications stand, as the counters say. */
export interface Ends {
  readonly pendingItems: number
  readonly pendingNotifications: number
}

export interface EndDecision {
  readonly state: OperationState
  readonly closed: boolean
  readonly finished: boolean
}

/** Closed when no item is pending, finished when no notification is either. What was cancelled stays so. */
export function decideEnd(now: Standing, { pendingItems, pendingNotifications }: Ends): EndDecision {
  const closed = now.closed || pendingItems === 0
  const finished = now.finished || (closed && pendingNotifications === 0)
  const waits = now.state === 'paused' && !finished // paused with mails held: still to be resumed or cancelled
  const state = closed && now.state !== 'cancelled' && !waits ? 'finished' : now.state
  return { state, closed, finished }
}
