import { authorize, invalid } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Caller } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'
import type { NumberedTicket } from '../store/ticket-read.ts'

const MAX_NUMBERS = 1_000
// above it nothing is numbered
const LAST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER)

/** The ids behind these numbers; what the caller may not see is left out like what does not exist. */
export const getTicketIds =
  (read: Read) =>
  (scope: Scope, caller: Caller, numbers: readonly bigint[]): Promise<readonly NumberedTicket[]> =>
    read(scope, async (session) => {
      const actor = await session.actor(caller)
      authorize(actor, 'read-ticket')
      if (numbers.length > MAX_NUMBERS)
        throw invalid('too-many-tickets', `at most ${MAX_NUMBERS} at once`, { field: 'numbers' })
      const given = numbers.filter((number) => number <= LAST_NUMBER)
      return session.tickets.idsOf(given, actor.hiddenGroupIds)
    })
