import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import { type ControlAnswer, type Cursor, type Told, WAKE } from './types.ts'

/** May be refused: the operation may have come to its end, or the rate be none. */
export const pause = defineUpdate<ControlAnswer>('pause')
export const resume = defineUpdate<ControlAnswer>('resume')
export const cancel = defineUpdate<ControlAnswer>('cancel')
export const retryFailed = defineUpdate<ControlAnswer>('retryFailed')
/** Children a minute; 0: as fast as it goes. */
export const setRate = defineUpdate<ControlAnswer, [number]>('setRate')

/** The service has written something about the operation. */
export const wake = defineSignal<[Told]>(WAKE)

/** For debugging; people read progress from the database. */
export const progress = defineQuery<Cursor>('progress')
