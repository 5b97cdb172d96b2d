import { causedBySystem } from '../domain/cause.ts'
import { addFigure, addReference } from '../domain/contribution.ts'
import type { ActiveLink } from '../domain/link.ts'
import type { Drift } from '../domain/rollup.ts'
import { createTally } from '../domain/tally.ts'
import { lockBook } from '../store/books.ts'
import { contributionOf, dropContributions, lockContributionsTo, putContributions } from '../store/contributions.ts'
import { type KnownTicket, lockTickets } from '../store/known-tickets.ts'
import { childrenOf } from '../store/lock-around.ts'
import { type Recount, recount } from '../store/recount.ts'
import { dropRepliesOf, putReplies } from '../store/replies.ts'
import { applyTally } from '../store/rollups.ts'
import type { Unit } from '../store/sql.ts'
import type { Deps } from './deps.ts'

/** Compares a master's counters with a recount, without locks; what differs is counted again under them and repaired. */
export async function checkCounters(deps: Deps, workspaceId: string, masterId: string): Promise<Drift[]> {
  const suspicion = await deps.transact(workspaceId, (unit) => recount(unit, masterId))
  if (!differs(suspicion)) return []
  return deps.transact(workspaceId, async (unit) => {
    const book = await lockBook(unit, [masterId, ...(await childrenOf(unit, masterId))])
    const children = await childrenOf(unit, masterId)
    const tickets = await lockTickets(unit, children)
    const found = await recount(unit, masterId)
    if (!differs(found)) return []
    const links = children.flatMap((child) =>
      book.linksOf(child).filter(({ kind, targetId }) => kind === 'child' && targetId === masterId),
    )
    await rebuildChildren(unit, masterId, links, tickets)
    await repairCounters(deps, unit, masterId, found)
    return toDrifts(masterId, found)
  })
}

const differs = ({ figures, references, strayChildren }: Recount): boolean =>
  figures.length + references.length + strayChildren > 0

async function rebuildChildren(
  unit: Unit,
  masterId: string,
  links: readonly ActiveLink[],
  tickets: readonly KnownTicket[],
): Promise<void> {
  const byTicket = new Map(tickets.map((ticket) => [ticket.ticketId, ticket]))
  await dropContributions(unit, await lockContributionsTo(unit, masterId))
  await dropRepliesOf(unit, masterId)
  const known = links.flatMap((link) => {
    const ticket = byTicket.get(link.ticketId)
    return ticket ? [{ ticket, link }] : []
  })
  await putContributions(
    unit,
    known.map(({ ticket, link }) => contributionOf(ticket, link)),
  )
  await putReplies(
    unit,
    known.map(({ ticket }) => ({ masterId, ticket })),
  )
}

async function repairCounters(deps: Deps, unit: Unit, masterId: string, found: Recount): Promise<void> {
  const tally = createTally()
  const cause = causedBySystem(deps.newId())
  const delta = tally.deltaOf(masterId, cause)
  tally.touch(masterId, cause)
  for (const { groupId, figure, stored, counted } of found.figures) addFigure(delta, groupId, figure, counted - stored)
  for (const { kind, id, groupId, stored, counted } of found.references)
    addReference(delta, { kind, id, groupId }, counted - stored)
  await deps.say(unit, await applyTally(unit, tally))
}

/** Each figure once, summed over groups. */
function toDrifts(masterId: string, { figures, references, strayChildren }: Recount): Drift[] {
  const sums = new Map<string, { stored: number; counted: number }>()
  const add = (figure: string, stored: number, counted: number) => {
    const sum = sums.get(figure) ?? { stored: 0, counted: 0 }
    sums.set(figure, { stored: sum.stored + stored, counted: sum.counted + counted })
  }
  for (const { figure, stored, counted } of figures) add(figure, stored, counted)
  for (const { kind, stored, counted } of references) add(`${kind}s`, stored, counted)
  if (sums.size === 0) add('stray_children', strayChildren, 0)
  return [...sums].map(([figure, { stored, counted }]) => ({ masterId, figure, stored, counted }))
}
