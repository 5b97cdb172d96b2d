import type { ControlAnswer, OperationView, OperatorCommand } from '../src/client.ts'
import type { OperationActivities, SliceEnd } from '../src/operation/activities.ts'

/** A world of counts: pages that apply, and controls that stand against them. Its slices end after one page. */
export interface SmallWorld {
  readonly activities: OperationActivities
  readonly slices: () => number
  readonly rate: () => number
  readonly state: () => string
  command(asked: OperatorCommand): void
  /** What the service does on its own: places what was queued, ends a hold, a rate's pause or the customers' time. */
  become(state: string): void
}

export interface SmallWorldOptions {
  readonly items: number
  readonly page: number
  readonly failing?: number
  readonly state?: string
  /** What the slices answer as their time to wait, one after the other; then none. */
  readonly waits?: readonly number[]
  /** Children are asked first, then closed. */
  readonly asks?: boolean
  /** Called when that many slices have run, before the next one. */
  afterSlice?(slices: number): Promise<void> | void
}

export function smallWorld(options: SmallWorldOptions): SmallWorld {
  const { items, page, failing = 0, asks = false, afterSlice } = options
  const waits = [...(options.waits ?? [])]
  let [left, failed, cancelled, slices, rate, asked] = [items, 0, 0, 0, 0, false]
  let state = options.state ?? 'running'
  const closed = () => left === 0 && state !== 'waiting'
  const view = (): OperationView => ({
    state: closed() && state === 'running' ? 'finished' : state,
    closed: closed(),
    rate,
    applied: items - left - failed - cancelled,
    skipped: 0,
    failed,
    cancelled,
    left,
    failures: Object.fromEntries(failed > 0 ? [['text-refused', failed]] : []),
  })
  const command = (given: OperatorCommand) => {
    if (given.verb === 'set-rate') rate = given.rate
    else if (given.verb === 'pause') state = 'paused'
    else if (given.verb === 'cancel') [state, cancelled, left] = ['cancelled', left, 0]
    else if (given.verb === 'resume') state = 'running'
    else [state, left, failed] = ['running', left + failed, 0]
  }
  const turn = () => {
    left -= Math.min(page, left)
    if (left > 0) return
    if (slices === 1 || failing === 0) failed = failing
    if (asks && !asked) [state, asked] = ['waiting', true]
  }
  return {
    slices: () => slices,
    rate: () => rate,
    state: () => state,
    command,
    become(next) {
      if (state === 'waiting' && next === 'running') left = items
      state = next
    },
    activities: {
      async runSlice(): Promise<SliceEnd> {
        slices += 1
        const waitMs = waits.shift() ?? 0
        if (waitMs === 0 && state === 'running') turn()
        await afterSlice?.(slices)
        return { ...view(), halted: state === 'paused' || state === 'queued', waitMs }
      },
      async commandOperation(given): Promise<ControlAnswer> {
        command(given)
        return { ...view(), complete: view().applied === 0 }
      },
    },
  }
}
