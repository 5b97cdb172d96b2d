import { invalid, type KeyedWrite } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights } from './acting.ts'

const MAX_REASON = 500

export interface EraseDeps extends Rights {
  readonly transact: Transact
}

export interface ErasePerson {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly requesterId: string
  readonly reason: string
}

/**
 * Destroys a requester's key: what the records say about this person can be read by nobody any more, while every hash
 * still verifies. Each record that loses something says so. Returns how many leaves were lost.
 */
export const erasePerson =
  (deps: EraseDeps) =>
  async (scope: Scope, command: ErasePerson): Promise<{ readonly leaves: number }> => {
    const { acting } = command
    await permitted(deps, scope.workspaceId, acting, 'change-directory')
    const requesterId = requireId(command.requesterId, 'requester_id')
    const reason = checkReason(command.reason)
    return deps.transact(scope, (session) =>
      session.once(command.write, async () => {
        const { keys, record, operations } = session
        const found = await record.ofRequester(requesterId)
        if (!(await keys.destroy(requesterId, reason))) return { leaves: 0 }
        // in id order, as everybody locks operations
        for (const { operationId, leaves } of found) {
          await operations.hold(operationId)
          await record.append(operationId, { what: 'erased', actorId: acting.actorId, details: { leaves, reason } })
        }
        return { leaves: found.reduce((sum, { leaves }) => sum + leaves, 0) }
      }),
    )
  }

function checkReason(reason: string): string {
  const trimmed = reason.trim()
  if (trimmed === '' || trimmed.length > MAX_REASON)
    throw invalid('reason-missing', `an erasure has a reason of up to ${MAX_REASON} characters`, { field: 'reason' })
  return trimmed
}
