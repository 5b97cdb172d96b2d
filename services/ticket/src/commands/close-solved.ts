import { newId } from '@umbel/kernel/ids'
import { step } from '../domain/change.ts'
import { decideClose } from '../domain/close.ts'
import { rootCause } from '../domain/words.ts'
import type { DueTicket } from '../store/due-solved.ts'
import type { Transact } from '../store/unit-of-work.ts'

const BATCH = 200
const BY = { kind: 'system', id: 'ticket' } as const

export interface CloseSolved {
  readonly transact: Transact
  /** Tickets recorded as solved at least so many days ago. */
  readonly due: (days: number, limit: number) => Promise<readonly DueTicket[]>
  readonly days: number
}

/** Closes for good what has stayed solved long enough; returns how many. Each in a transaction of its own. */
export const closeSolved =
  ({ transact, due, days }: CloseSolved) =>
  async (): Promise<number> => {
    let closed = 0
    for (const ticket of await due(days, BATCH)) closed += await closeOne(transact, ticket)
    return closed
  }

const closeOne = (transact: Transact, { workspaceId, ticketId, version }: DueTicket): Promise<number> =>
  transact({ workspaceId }, async ({ tickets }) => {
    const locked = (await tickets.lockMany([ticketId])).get(ticketId)
    // it moved since it was found: the next sweep judges it anew
    if (!locked || locked.ticket.version !== version) return 0
    const { ticket, recordedAt, at } = locked
    const facts = decideClose(ticket, at)
    if (facts.length === 0) return 0
    await tickets.save([step(ticket, facts, { cause: rootCause('system', newId(), BY), occurredAt: at, recordedAt })])
    return 1
  })
