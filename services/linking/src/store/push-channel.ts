import { rowsOf, type Unit } from './sql.ts'

/** Who tells ticket of a change: the command that made it, before it answers, or the background at once. */
export type PushedBy = 'caller' | 'background'

/** Heard when something waits for the background to push it. */
export const PUSH_CHANNEL = 'linking_push'

/** How long the background leaves a change to the caller that made it; longer than a call to ticket may take. */
export const graceOf = (pushedBy: PushedBy): string => (pushedBy === 'caller' ? '10 s' : '0 s')

/** Wakes the background once this transaction has committed. */
export const callPusher = (unit: Unit): Promise<unknown> => rowsOf(unit, 'select pg_notify(?, ?)', [PUSH_CHANNEL, ''])
