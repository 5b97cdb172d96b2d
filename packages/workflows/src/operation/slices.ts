import type { SliceEnd } from './activities.ts'
import type { Cursor, OperationInput, OperationResult } from './types.ts'

/** Where the work stands before anything was done: in the queue nobody begins, in the hold not yet. */
export const firstSlice = ({ itemsTotal, state, holdMs }: OperationInput): Cursor => ({
  slice: 0,
  state,
  closed: false,
  halted: state === 'queued' || state === 'paused',
  waitMs: Math.max(0, holdMs),
  applied: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
  left: itemsTotal,
  rate: 0,
  failures: {},
})

/** Whatever the database says; so a slice that ran twice counts once. */
export const nextSlice = ({ slice }: Pick<Cursor, 'slice'>, end: SliceEnd): Cursor => ({ ...end, slice: slice + 1 })

/** The result of a cursor that is closed. */
export const resultOf = ({ state, applied, skipped, failed, cancelled, left }: Cursor): OperationResult => ({
  state,
  applied,
  skipped,
  failed,
  cancelled,
  left,
})
