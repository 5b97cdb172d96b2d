import { authorize, invalid, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { type LinkRow, readLink } from '../store/link-reads.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { once } from '../store/unit-of-work.ts'
import { authorizeFor, causeOf, type Deps, type Write } from './deps.ts'
import { learnTickets } from './learn-tickets.ts'
import { pushLinks } from './push-to-ticket.ts'

export interface AddLink extends Write {
  readonly ticketId: string
  readonly targetId: string
  readonly kind: 'duplicate' | 'related'
}

/** Says that two tickets are duplicates or related; the same link twice is one link. */
export const addLink =
  (deps: Deps) =>
  async (command: AddLink): Promise<LinkRow> => {
    const { workspaceId, actor, ticketId, targetId } = command
    authorize(actor, 'update-ticket')
    if (ticketId === targetId)
      throw invalid('link-to-itself', 'a ticket is not linked to itself', { field: 'target_id' })
    await learnTickets(deps)(workspaceId, [ticketId, targetId])
    return deps.transact(workspaceId, async (unit) => {
      const linkId = await once(unit, { rpc: 'AddLink', actorId: actor.id, ...command.idempotency }, () =>
        link(deps, unit, command),
      )
      return found(await readLink(unit, linkId))
    })
  }

async function link(deps: Deps, unit: Unit, command: AddLink): Promise<string> {
  const { actor, ticketId, targetId, kind } = command
  await authorizeAll(unit, command, [ticketId, targetId])
  const book = await lockBook(unit, [ticketId, targetId])
  const there = book.linksOf(ticketId).find((one) => one.kind === kind && one.targetId === targetId)
  if (there) return there.linkId
  const linkId = deps.newId()
  const why = { cause: causeOf(deps, { ...command, actor }), occurredAt: deps.now() }
  book.begin({ linkId, kind, purpose: 'customer', ticketId, targetId, primary: false }, why)
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
  return linkId
}

export interface RemoveLink extends Write {
  readonly ticketId: string
  readonly linkId: string
}

/** Ends a link of any kind, from either of its tickets; a second time changes nothing. */
export const removeLink =
  (deps: Deps) =>
  async (command: RemoveLink): Promise<void> => {
    const { workspaceId, actor, ticketId } = command
    authorize(actor, 'update-ticket')
    await learnTickets(deps)(workspaceId, [ticketId])
    const linkedId = await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'RemoveLink', actorId: actor.id, ...command.idempotency }, () => unlink(deps, unit, command)),
    )
    await pushLinks(deps)(workspaceId, { ticketIds: [linkedId] })
  }

async function unlink(deps: Deps, unit: Unit, command: RemoveLink): Promise<string> {
  const { ticketId, linkId } = command
  await authorizeAll(unit, command, [ticketId])
  const row = found(isId(linkId) ? await readLink(unit, linkId) : undefined)
  if (row.ticketId !== ticketId && row.targetId !== ticketId) return found(undefined).ticketId
  await authorizeAll(unit, command, [row.ticketId, row.targetId])
  const book = await lockBook(unit, [row.ticketId, row.targetId])
  const active = book.linksOf(row.ticketId).find((one) => one.linkId === linkId)
  if (active) book.end(active, { cause: causeOf(deps, command), occurredAt: deps.now() })
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
  return row.ticketId
}

async function authorizeAll(unit: Unit, { actor }: Write, ids: readonly string[]): Promise<void> {
  const tickets = await findTickets(unit, ids.filter(isId))
  for (const id of ids)
    authorizeFor(
      actor,
      'update-ticket',
      tickets.find(({ ticketId }) => ticketId === id),
    )
}

function found(row: LinkRow | undefined): LinkRow {
  if (!row) throw notFound('not-found', 'no such link in this workspace')
  return row
}
