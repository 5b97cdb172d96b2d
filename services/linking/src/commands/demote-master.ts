import { authorize, invalid, refused } from '@umbel/kernel'
import { findTickets } from '../store/known-tickets.ts'
import { childrenOf, lockAround } from '../store/lock-around.ts'
import { runningOn } from '../store/running-operations.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { once } from '../store/unit-of-work.ts'
import { authorizeFor, causeOf, type Deps, type Write } from './deps.ts'
import { pushLinks, pushRoles } from './push-to-ticket.ts'

export interface DemoteMaster extends Write {
  readonly masterId: string
  readonly reason: string
}

/** Ends a master's child links and its role, both kept as history; gives how many links ended. Needs a reason. */
export const demoteMaster =
  (deps: Deps) =>
  async (command: DemoteMaster): Promise<number> => {
    const { workspaceId, actor, masterId } = command
    authorize(actor, 'coordinate-master')
    if (command.reason.trim() === '') throw invalid('reason-missing', 'demoting needs a reason', { field: 'reason' })
    const ended = await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'DemoteMaster', actorId: actor.id, ...command.idempotency }, () => demote(deps, unit, command)),
    )
    await pushLinks(deps)(workspaceId, { touchedMasterId: masterId })
    await pushRoles(deps)(workspaceId, [masterId])
    return ended
  }

async function demote(deps: Deps, unit: Unit, command: DemoteMaster): Promise<number> {
  const { masterId, actor } = command
  const [master] = await findTickets(unit, [masterId])
  authorizeFor(actor, 'coordinate-master', master)
  const book = await lockAround(unit, [masterId], () => childrenOf(unit, masterId))
  if (!book.isMaster(masterId)) throw refused('not-a-master', 'this ticket is not a master')
  await refuseWhileRunning(unit, masterId)
  const cause = causeOf(deps, command)
  const links = (await childrenOf(unit, masterId)).flatMap((child) =>
    book.linksOf(child).filter(({ kind, targetId }) => kind === 'child' && targetId === masterId),
  )
  for (const link of links) book.end(link, { cause, occurredAt: deps.now() })
  book.setMaster({ ticketId: masterId, master: false, cause, reason: command.reason.trim() })
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
  return links.length
}

/**
 * What runs is known by operation's events, so an operation that has started this moment is not seen: its pages skip
 * every child as `no-longer-linked` then, and nothing is changed that was not acknowledged.
 */
async function refuseWhileRunning(unit: Unit, masterId: string): Promise<void> {
  if (await runningOn(unit, masterId))
    throw refused(
      'operation-running',
      'an operation runs on the children of this master; cancel it or wait for its end',
    )
}
