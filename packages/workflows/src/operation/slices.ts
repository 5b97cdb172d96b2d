import type { SliceEnd } from './activities.ts'
import type { Cursor, OperationInput, OperationResult } from './types.ts'

/** Where the work stands before anything was done. */
export const firstSlice = ({ itemsTotal }: Pick<OperationInput, 'itemsTotal'>): Cursor => ({
  slice: 0,
  halted: false,
  applied: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
  left: itemsTotal,
})

/** The work is done when a slice has said so: also an operation without a single item runs one, which closes it. */
export const isDone = (cursor: Cursor): boolean => cursor.slice > 0 && cursor.left === 0

/** The counts are the database's, so a slice that ran twice counts once. */
export const nextSlice = ({ slice }: Cursor, end: SliceEnd): Cursor => ({
  slice: slice + 1,
  halted: end.halted && end.left > 0,
  applied: end.applied,
  skipped: end.skipped,
  failed: end.failed,
  cancelled: end.cancelled,
  left: end.left,
})

/** The result of a cursor that is done. */
export const resultOf = ({ applied, skipped, failed, cancelled, left }: Cursor): OperationResult => ({
  state: cancelled > 0 ? 'cancelled' : 'finished',
  applied,
  skipped,
  failed,
  cancelled,
  left,
})
