import { authorize } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { step } from '../domain/change.ts'
import type { Ticket } from '../domain/ticket.ts'
import { decideUpdate, type UpdateTicket as Update } from '../domain/update.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { causeOf, requireVersion } from './acting.ts'
import { checkReferences } from './check-references.ts'
import { lockNamed } from './lock-named.ts'

export interface UpdateTicket {
  readonly ticketId: string
  readonly update: Update
  /** 0: whatever it is now; else `version-mismatch` when the ticket has moved. */
  readonly expectedVersion: number
  readonly key: string
}

/** Moves what is named; everything as asked already is no version. */
export const updateTicket =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, { ticketId, update, expectedVersion, key }: UpdateTicket): Promise<Ticket> =>
    transact(scope, async (session) => {
      const actor = await session.actor(caller)
      const { ticket, recordedAt, at } = await lockNamed(session, ticketId)
      authorize(actor, 'update-ticket', ticket)
      requireVersion(ticket, expectedVersion)
      const { groupId = ticket.groupId } = update
      await checkReferences(session, actor, update.assigneeId ? { ...update, groupId } : update)
      const facts = decideUpdate(ticket, update, at)
      if (facts.length === 0) return ticket
      const change = step(ticket, facts, { cause: causeOf(actor, key), occurredAt: at, recordedAt })
      await session.tickets.save([change])
      return change.ticket
    })
