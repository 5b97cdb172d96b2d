import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import { type ControlAnswer, type Cursor, WAKE, type WantedState } from './types.ts'

/** May be refused: the operation may have come to its end. */
export const pause = defineUpdate<ControlAnswer>('pause')
export const resume = defineUpdate<ControlAnswer>('resume')
export const cancel = defineUpdate<ControlAnswer>('cancel')

/** The service has written what is wanted of the operation now. */
export const wake = defineSignal<[WantedState]>(WAKE)

/** For debugging; people read progress from the database. */
export const progress = defineQuery<Cursor & { readonly state: string }>('progress')
