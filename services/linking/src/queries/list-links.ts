import { authorize, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { findTickets } from '../store/known-tickets.ts'
import { type LinkRow, readLinks } from '../store/link-reads.ts'
import { type ResourceRow, readResources } from '../store/resources.ts'
import type { Unit } from '../store/sql.ts'
import type { LearningDeps, Reading } from './read-scope.ts'

/** A ticket's links to tickets that the viewer may see; with `history` the ended ones too. */
export const listLinks =
  ({ transact, learn }: LearningDeps) =>
  async (reading: Reading, ticketId: string, history: boolean): Promise<LinkRow[]> => {
    await learn(reading.workspaceId, [ticketId])
    return transact(reading.workspaceId, async (unit) => {
      await authorizeTicket(unit, reading, ticketId)
      return readLinks(unit, ticketId, { history, hiddenGroupIds: reading.actor.hiddenGroupIds })
    })
  }

/** The tasks and documents attached to a ticket. */
export const listResources =
  ({ transact, learn }: LearningDeps) =>
  async (reading: Reading, ticketId: string): Promise<ResourceRow[]> => {
    await learn(reading.workspaceId, [ticketId])
    return transact(reading.workspaceId, async (unit) => {
      await authorizeTicket(unit, reading, ticketId)
      return readResources(unit, ticketId)
    })
  }

async function authorizeTicket(unit: Unit, { actor }: Reading, ticketId: string): Promise<void> {
  authorize(actor, 'read-ticket')
  const [ticket] = isId(ticketId) ? await findTickets(unit, [ticketId]) : []
  if (!ticket) throw notFound('not-found', 'no such ticket in this workspace')
  authorize(actor, 'read-ticket', ticket)
}
