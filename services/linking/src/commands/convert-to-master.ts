import { authorize, notFound, refused } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { authorizeFor, type Write } from './deps.ts'
import { learnTickets } from './learn-tickets.ts'
import { type MasterSagaDeps, playSaga, sagaIdOf } from './master-saga.ts'
import type { MasterAnswer, MasterPlan } from './master-steps.ts'

export interface ConvertToMaster extends Write {
  readonly ticketId: string
}

/**
 * Makes a master of a ticket. A customer's ticket is promoted: a new master takes its subject, labels, group and links,
 * and the ticket becomes its first child. Others are converted in place. Throws `refused` (`is-child`).
 */
export const convertToMaster =
  (deps: MasterSagaDeps) =>
  async (command: ConvertToMaster): Promise<MasterAnswer> => {
    const { workspaceId, actor, ticketId } = command
    authorize(actor, 'coordinate-master')
    if (!isId(ticketId)) throw notFound('not-found', 'no such ticket in this workspace')
    await learnTickets(deps)(workspaceId, [ticketId])
    return playSaga(deps, command, sagaIdOf(deps, 'ConvertToMaster', command), () => plan(deps, command))
  }

async function plan(deps: MasterSagaDeps, command: ConvertToMaster): Promise<MasterPlan> {
  const { ticketId } = command
  const nothingElse = { childIds: [], newChildren: [] }
  const inPlace: MasterPlan = { masterId: ticketId, ticket: null, promotedId: null, ...nothingElse }
  if (await isMasterAlready(deps, command)) return inPlace
  const actorId = command.actor.role === 'service' ? '' : command.actor.id
  const detail = await deps.tickets.get(command.workspaceId, ticketId, actorId)
  const { requesterId } = detail
  if (!requesterId || (await deps.tickets.isAgent(command.workspaceId, requesterId))) return inPlace
  const masterId = deps.newId()
  const { subject, labels, assigneeId, state } = detail
  const { groupId, projectId, priority } = state
  const copied = { subject, labels, assigneeId, groupId, projectId, priority }
  const ticket = { ...copied, id: masterId, key: masterId, requesterId: null, description: '', master: true }
  return { masterId, ticket, promotedId: ticketId, ...nothingElse }
}

/** A second conversion is the same conversion; a child cannot be converted. */
const isMasterAlready = ({ transact }: MasterSagaDeps, { workspaceId, actor, ticketId }: ConvertToMaster) =>
  transact(workspaceId, async (unit) => {
    const [ticket] = await findTickets(unit, [ticketId])
    authorizeFor(actor, 'coordinate-master', ticket)
    const book = await lockBook(unit, [ticketId])
    if (book.linksOf(ticketId).some(({ kind }) => kind === 'child'))
      throw refused('is-child', 'a child of a master cannot become a master')
    return book.isMaster(ticketId)
  })
