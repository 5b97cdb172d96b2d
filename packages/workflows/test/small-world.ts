import type { ControlAnswer, ControlVerb } from '../src/client.ts'
import type { OperationActivities, SliceEnd } from '../src/operation/activities.ts'

/** A world of counts: pages that apply, and controls that stand against them. Its slices end after one page. */
export interface SmallWorld {
  readonly activities: OperationActivities
  readonly slices: () => number
  control(verb: ControlVerb): void
}

export interface SmallWorldOptions {
  readonly items: number
  readonly page: number
  readonly failing?: number
  /** Called when that many slices have run, before the next one. */
  afterSlice?(slices: number): Promise<void> | void
}

export function smallWorld({ items, page, failing = 0, afterSlice }: SmallWorldOptions): SmallWorld {
  let left = items
  let failed = 0
  let cancelled = 0
  let state = 'running'
  let slices = 0
  const counts = () => ({ applied: items - left - failed - cancelled, skipped: 0, failed, cancelled, left })
  const control = (verb: ControlVerb) => {
    state = verb === 'pause' ? 'paused' : verb === 'resume' ? 'running' : 'cancelled'
    if (verb !== 'cancel') return
    cancelled = left
    left = 0
  }
  return {
    slices: () => slices,
    control,
    activities: {
      async runSlice(): Promise<SliceEnd> {
        if (state === 'running') {
          left -= Math.min(page, left)
          if (left === 0) failed = failing
        }
        slices += 1
        await afterSlice?.(slices)
        return { ...counts(), halted: state !== 'running' }
      },
      async controlOperation({ verb }): Promise<ControlAnswer> {
        control(verb)
        return { ...counts(), state, complete: counts().applied === 0 }
      },
    },
  }
}
