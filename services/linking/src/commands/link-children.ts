import { type Actor, refused } from '@umbel/kernel'
import type { Cause } from '../domain/cause.ts'
import { type ChildOutcome, decideChild } from '../domain/link.ts'
import type { LinkBook } from '../domain/link-book.ts'
import type { Purpose } from '../domain/words.ts'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { authorizeFor, type Deps, visibleTo } from './deps.ts'

/** What became of one child that was asked for; removals and refused new tickets have words of their own. */
export interface ChildResult {
  readonly ticketId: string
  readonly outcome: ChildOutcome | 'unlinked' | 'not-linked' | (string & {})
  readonly linkId: string
}

export interface LinkChildren {
  readonly actor: Actor
  readonly masterId: string
  /** Each once. */
  readonly ticketIds: readonly string[]
  readonly primary: boolean
  readonly purpose: Purpose
  readonly cause: Cause
}

/** Links known tickets under a master, in the order given, each with its own outcome. */
export async function linkChildren(deps: Deps, unit: Unit, request: LinkChildren): Promise<ChildResult[]> {
  const { actor, masterId, ticketIds } = request
  const tickets = await findTickets(unit, [masterId, ...ticketIds])
  authorizeFor(
    actor,
    'coordinate-master',
    tickets.find(({ ticketId }) => ticketId === masterId),
  )
  const visible = new Set(tickets.filter(visibleTo(actor)).map(({ ticketId }) => ticketId))
  const book = await lockBook(unit, [masterId, ...ticketIds.filter((id) => visible.has(id))])
  if (!book.isMaster(masterId)) throw refused('not-a-master', 'this ticket is not a master')
  const results = ticketIds.map((ticketId) =>
    visible.has(ticketId) ? linkChild(deps, book, ticketId, request) : { ticketId, outcome: 'not-found', linkId: '' },
  )
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
  return results
}

function linkChild({ newId, now }: Deps, book: LinkBook, ticketId: string, request: LinkChildren): ChildResult {
  const { masterId, primary, purpose, cause } = request
  const decision = decideChild(book, { ticketId, masterId, primary })
  if (decision.outcome !== 'linked') return { ticketId, outcome: decision.outcome, linkId: decision.linkId ?? '' }
  const linkId = newId()
  book.begin({ linkId, kind: 'child', purpose, ticketId, targetId: masterId, primary }, { cause, occurredAt: now() })
  return { ticketId, outcome: 'linked', linkId }
}
