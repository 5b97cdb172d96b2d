import { assertNever, refused } from '@umbel/kernel'
import type { Operation, OperationState } from './operation.ts'

export type ControlVerb = 'pause' | 'resume' | 'cancel'

/** As much of an operation as control looks at. */
export type Standing = Pick<Operation, 'state' | 'epoch'> & {
  readonly closed: boolean
  readonly finished: boolean
  /** Whether the hold's end has come. */
  readonly holdOver: boolean
  /** Work that no person started: it needs no place. */
  readonly placeless: boolean
  /** It waits for its place; also while it is paused there. */
  readonly queued: boolean
  /** Children are asked first, and this is the step that asks. */
  readonly asks: boolean
  /** All of them were asked, and their customers have time to answer. */
  readonly asked: boolean
}

/** What is wanted from now on; the same object's state and epoch where it is wanted already. */
export type Wanted = Pick<Operation, 'state' | 'epoch'>

/**
 * Decides a pause, resume or cancel. Said twice it changes nothing. Mails may be under way after the last item was
 * applied, so a closed operation can be paused and cancelled until the last of them has ended.
 */
export function decideControl(now: Standing, verb: ControlVerb): Wanted {
  if (verb === 'cancel' && now.state === 'cancelled') return now
  requireStarted(now, verb)
  if (now.finished || now.state === 'cancelled') throw ended()
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

/** How much has failed and could be tried again. */
export interface Failed {
  readonly items: number
  readonly notifications: number
  /** Children that failed too, but whom a later catch-up reaches: trying again would tell them twice. */
  readonly caughtUp?: number
}

export interface Retry extends Wanted {
  /** A new run begins. */
  readonly reopened: boolean
  /** It waits for a place of its own, behind the others. */
  readonly queued: boolean
}

/**
 * Decides to try again what has failed. Children are taken up by the run that goes on, or by a new one, which takes a
 * place of its own if it needs one; where only mails failed the operation stays as it is. Nothing else is touched again.
 */
export function decideRetry(now: Standing, failed: Failed): Retry {
  requireStarted(now, 'retry')
  if (now.state === 'cancelled') throw ended()
  if (failed.items + failed.notifications === 0) throw nothingToRetry(failed)
  const epoch = now.epoch + 1
  const reopened = failed.items > 0 && (now.closed || now.asked)
  const queued = reopened && !now.placeless
  if (!reopened || now.state === 'paused') return { epoch, reopened, queued, state: now.state }
  return { epoch, reopened, queued, state: queued ? 'queued' : stateInPlace(now) }
}

const nothingToRetry = ({ caughtUp = 0 }: Failed) =>
  caughtUp > 0
    ? refused('caught-up-since', 'a later catch-up reaches every child that failed')
    : refused('nothing-failed', 'no child and no notification has failed')

function requireStarted({ state }: Standing, verb: ControlVerb | 'retry'): void {
  if (state === 'expired') throw refused('plan-expired', 'the plan has expired')
  if (state === 'planned' && verb !== 'cancel')
    throw refused('operation-not-started', 'the operation has not been started')
}

const ended = () => refused('operation-finished', 'the operation has come to its end')

const move = (now: Standing, state: OperationState): Wanted =>
  now.state === state ? now : { state, epoch: now.epoch + 1 }

function stateAfterPause(now: Standing): OperationState {
  if (now.closed) return 'finished'
  if (now.queued) return 'queued'
  return now.asked ? 'waiting' : stateInPlace(now)
}

/** What an operation becomes that has its place: the hold counts from the start, wherever it was spent. */
export const stateInPlace = ({ holdOver }: Pick<Standing, 'holdOver'>): OperationState =>
  holdOver ? 'running' : 'holding'

/** What the next page finds: it may be sent, or why not. */
export function decidePage({ state }: Pick<Operation, 'state'>): 'go' | 'halted' | 'cancelled' {
  switch (state) {
    case 'running':
    case 'finished':
      return 'go'
    case 'holding':
    case 'queued':
    case 'waiting':
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
  readonly appliedItems: number
  readonly pendingNotifications: number
}

export interface EndDecision {
  readonly state: OperationState
  /** The first step is through: whoever was asked has time to answer from now on. */
  readonly asked: boolean
  readonly closed: boolean
  readonly finished: boolean
}

/** Closed when no item is pending, finished when no notification is either. What was cancelled stays so. */
export function decideEnd(now: Standing, ends: Ends): EndDecision {
  const through = ends.pendingItems === 0
  if (through && now.asks && ends.appliedItems > 0 && now.state !== 'cancelled' && !now.closed)
    return { state: now.state === 'paused' ? 'paused' : 'waiting', asked: true, closed: false, finished: false }
  const closed = now.closed || through
  const finished = now.finished || (closed && ends.pendingNotifications === 0)
  const waits = now.state === 'paused' && !finished // paused with mails held: still to be resumed or cancelled
  const state = closed && now.state !== 'cancelled' && !waits ? 'finished' : now.state
  return { state, asked: now.asked, closed, finished }
}
