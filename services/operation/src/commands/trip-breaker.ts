import { isUmbelError } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Transact } from '../store/unit-of-work.ts'
import { want } from './control-operation.ts'

const REASON = 'breaker'

/**
 * Too many of an operation's first mails failed: it is paused as by the house. Notification holds the mails already;
 * the sweep halts the fence within a second, and no worker begins another page before that.
 */
export const tripBreaker =
  (transact: Transact) =>
  (scope: Scope, operationIds: readonly string[]): Promise<void> =>
    transact(scope, async (session) => {
      for (const operationId of new Set(operationIds)) {
        if ((await session.operations.find(operationId)) === undefined) continue
        try {
          await want(session, operationId, 'pause', { by: '', reason: REASON })
        } catch (error) {
          if (!isUmbelError(error) || error.kind !== 'refused') throw error // it ended before it could be paused
        }
      }
    })
