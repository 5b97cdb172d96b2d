import { authorize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { LinkBook } from '../domain/link-book.ts'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { once } from '../store/unit-of-work.ts'
import { distinct, strangers } from './add-children.ts'
import { authorizeFor, causeOf, type Deps, visibleTo, type Write } from './deps.ts'
import { learnTickets } from './learn-tickets.ts'
import type { ChildResult } from './link-children.ts'
import { pushLinks } from './push-to-ticket.ts'

export interface RemoveChildren extends Write {
  readonly masterId: string
  readonly ticketIds: readonly string[]
}

/** Ends links of children to a master, each with an outcome; the links stay as history. */
export const removeChildren =
  (deps: Deps) =>
  async (command: RemoveChildren): Promise<ChildResult[]> => {
    const { workspaceId, actor } = command
    authorize(actor, 'coordinate-master')
    const ids = distinct(command.ticketIds)
    await learnTickets(deps)(workspaceId, [command.masterId, ...ids])
    const results = await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'RemoveChildren', actorId: actor.id, ...command.idempotency }, () =>
        unlink(deps, unit, command, ids.filter(isId)),
      ),
    )
    await pushLinks(deps)(workspaceId, { ticketIds: ids.filter(isId) })
    return [...results, ...strangers(ids)]
  }

async function unlink(deps: Deps, unit: Unit, command: RemoveChildren, ids: readonly string[]): Promise<ChildResult[]> {
  const { actor, masterId } = command
  const tickets = await findTickets(unit, [masterId, ...ids])
  authorizeFor(
    actor,
    'coordinate-master',
    tickets.find(({ ticketId }) => ticketId === masterId),
  )
  const visible = new Set(tickets.filter(visibleTo(actor)).map(({ ticketId }) => ticketId))
  const book = await lockBook(unit, [masterId, ...ids.filter((id) => visible.has(id))])
  const why = { cause: causeOf(deps, command), occurredAt: deps.now() }
  const results = ids.map((ticketId) =>
    visible.has(ticketId) ? unlinkChild(book, ticketId, masterId, why) : { ticketId, outcome: 'not-found', linkId: '' },
  )
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
  return results
}

function unlinkChild(
  book: LinkBook,
  ticketId: string,
  masterId: string,
  why: Parameters<LinkBook['end']>[1],
): ChildResult {
  const link = book.linksOf(ticketId).find(({ kind, targetId }) => kind === 'child' && targetId === masterId)
  if (!link) return { ticketId, outcome: 'not-linked', linkId: '' }
  book.end(link, why)
  return { ticketId, outcome: 'unlinked', linkId: link.linkId }
}
