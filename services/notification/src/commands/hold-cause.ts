import { setTimeout as pause } from 'node:timers/promises'
import { type Actor, authorize } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { CauseMode } from '../domain/notification.ts'
import type { StateCounts } from '../store/hold-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { sweepCause } from './sweep-cause.ts'

export interface MoveCause {
  readonly actor: Actor
  readonly workspaceId: string
  readonly operationId: string
  readonly epoch: bigint
  readonly mode: CauseMode
}

/** How an operation's notifications stand, and what it may send. */
export interface CauseStanding {
  readonly mode: CauseMode
  readonly counts: StateCounts
}

const POLL_MS = 5
// nothing leaves any more: what is left of many rows the sender moves, and whoever paused does not wait for it
const SWEEP_BUDGET_MS = 20

/**
 * Holds, releases or withholds an operation's mail. The mode commits first, under the lock that leasing shares, so that
 * nothing is leased any more; then the sends in flight are waited for. A frozen sender is not: its lease runs out, and
 * it checks that before a text begins to leave. A late retry with a lower epoch changes nothing. `released` wakes the
 * sender where it runs in this process; elsewhere it looks by itself.
 */
export const holdCause = (transact: Transact, released: () => void) => {
  const sweep = sweepCause(transact)
  return async ({ actor, workspaceId, operationId, epoch, mode }: MoveCause): Promise<CauseStanding> => {
    authorize(actor, 'control-operation')
    const stands = await transact({ workspaceId }, ({ holds }) => holds.set(operationId, epoch, mode))
    await failpoint('notification.hold.set')
    const inFlight = () => transact({ workspaceId }, ({ holds }) => holds.inFlight(operationId))
    if (stands !== 'open') while ((await inFlight()) > 0) await pause(POLL_MS)
    await sweep(workspaceId, operationId, SWEEP_BUDGET_MS)
    if (stands === 'open') released()
    const counts = await transact({ workspaceId }, ({ holds }) => holds.counts(operationId))
    return { mode: stands, counts }
  }
}
