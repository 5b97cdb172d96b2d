import { isFailing } from '../domain/cause-breaker.ts'
import type { Transact } from '../store/unit-of-work.ts'

/**
 * Holds an operation of which too many mails fail, and says so: once, since only one that is open can be held. It is a
 * transaction of its own: the turn that found it has leased nothing more of it, and a crash in between leaves it to the
 * next result.
 */
export const tripCause =
  (transact: Transact) =>
  (workspaceId: string, operationId: string): Promise<boolean> =>
    transact({ workspaceId }, async ({ holds, trips }) => {
      if ((await holds.lock(operationId)) !== 'open') return false
      const tally = await holds.tally(operationId)
      if (!isFailing(tally)) return false
      await holds.trip(operationId)
      await trips.say(operationId, tally)
      return true
    })
