import { setTimeout as pause } from 'node:timers/promises'
import { type Actor, authorize, unavailable } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { CauseMode } from '../domain/notification.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { sweepCause } from './sweep-cause.ts'

export interface MoveCause {
  readonly actor: Actor
  readonly workspaceId: string
  readonly operationId: string
  readonly epoch: bigint
  readonly mode: CauseMode
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

const FIRST_POLL_MS = 5
const LONGEST_POLL_MS = 100
/** Each wait is so much longer than the one before: the answer comes by a quarter too late at most. */
const GROWTH = 1.25
/** Released mails are to leave at once; what is left of many the sender moves. */
const SWEEP_BUDGET_MS = 20

/**
 * Holds, releases or withholds an operation's mail. The mode commits first, under the lock that leasing shares, so that
 * nothing is leased any more; then the sends in flight are waited for. A frozen sender is not: its lease runs out, and
 * it checks that before a text begins to leave. A late retry with a lower epoch changes nothing. Rows follow the mode in
 * the background: `moved` wakes the sender where it runs in this process; elsewhere it looks by itself. Throws
 * `unavailable` (`mails-in-flight`) when whoever asked has gone; what was asked stands.
 */
export const holdCause = (transact: Transact, moved: () => void) => {
  const sweep = sweepCause(transact)
  return async ({ actor, workspaceId, operationId, epoch, mode, signal }: MoveCause): Promise<void> => {
    authorize(actor, 'control-operation')
    const stands = await transact({ workspaceId }, ({ holds }) => holds.set(operationId, epoch, mode))
    await failpoint('notification.hold.set')
    const inFlight = () => transact({ workspaceId }, ({ holds }) => holds.inFlight(operationId))
    if (stands === 'open') await sweep(workspaceId, operationId, SWEEP_BUDGET_MS)
    else await untilNone(inFlight, signal)
    moved()
  }
}

async function untilNone(inFlight: () => Promise<number>, signal: AbortSignal): Promise<void> {
  for (let wait = FIRST_POLL_MS; (await inFlight()) > 0; wait = Math.min(wait * GROWTH, LONGEST_POLL_MS)) {
    if (signal.aborted) throw unavailable('mails-in-flight', 'mails of the operation are in flight still')
    await pause(wait)
  }
}
