import type { Scope } from '@umbel/messaging'
import { type Owed, raise } from '../domain/notification.ts'
import type { Transact } from '../store/unit-of-work.ts'

/**
 * Records what requesters are owed. The operation's mode is read under the lock that a hold waits for, so that nothing
 * slips in beside one; what is owed for a cancelled operation ends `withheld` at once.
 */
export const raiseNotifications =
  (transact: Transact) =>
  (scope: Scope, owed: readonly Owed[]): Promise<number> =>
    transact(scope, async ({ workspaceId, holds, notifications }) => {
      const operationIds = owed.flatMap(({ operationId }) => (operationId === null ? [] : [operationId]))
      const modes = await holds.share(operationIds)
      const modeOf = ({ operationId }: Owed) => (operationId === null ? 'open' : (modes.get(operationId) ?? 'open'))
      return notifications.add(owed.map((one) => raise(workspaceId, one, modeOf(one))))
    })
