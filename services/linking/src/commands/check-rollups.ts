import { type Actor, authorize, canSee } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { causedBySystem } from '../domain/cause.ts'
import { addFigure, addReference } from '../domain/contribution.ts'
import type { ActiveLink } from '../domain/link.ts'
import type { Drift } from '../domain/rollup.ts'
import { createTally } from '../domain/tally.ts'
import type { TicketState } from '../domain/ticket.ts'
import { lockBook } from '../store/books.ts'
import { contributionOf, dropContributions, lockContributionsTo, putContributions } from '../store/contributions.ts'
import { findTickets, lockTickets } from '../store/known-tickets.ts'
import { childrenOf } from '../store/lock-around.ts'
import { masterIds } from '../store/master-reads.ts'
import { type Recount, recount } from '../store/recount.ts'
import { dropRepliesOf, putReplies } from '../store/replies.ts'
import { applyTally } from '../store/rollups.ts'
import type { Unit } from '../store/sql.ts'
import type { Deps } from './deps.ts'
import { absorbStates } from './learn-tickets.ts'

export interface CheckDeps extends Deps {
  /** How long an event may be on its way before what it says counts as lost, in milliseconds. */
  readonly graceMs: number
  readonly pause: (ms: number) => Promise<void>
  readonly onDrift: (drifts: readonly Drift[]) => void
}

export interface Checked {
  readonly checked: number
  readonly drifts: readonly Drift[]
}

const PAGE = 1_000
const ASK_EVERY_MS = 100

/**
 * Compares masters' rollups with the truth and repairs them. First the children with ticket: one that linking is behind
 * on is one drift, `child:<id>.version`, however many figures it moved. Then the counters with a recount of links and
 * tickets: one drift for each figure that differs.
 */
export const checkRollups =
  (deps: CheckDeps) =>
  async (workspaceId: string, actor: Actor, asked: readonly string[]): Promise<Checked> => {
    authorize(actor, 'coordinate-master')
    const ids = await deps.transact(workspaceId, async (unit) => {
      const all = asked.length === 0 ? await masterIds(unit) : asked.filter(isId)
      const visible = (await findTickets(unit, all)).filter((ticket) => canSee(actor, ticket))
      return visible.map(({ ticketId }) => ticketId).sort()
    })
    const drifts: Drift[] = []
    for (const masterId of ids) {
      drifts.push(...(await catchUp(deps, workspaceId, masterId)))
      drifts.push(...(await checkCounters(deps, workspaceId, masterId)))
    }
    if (drifts.length > 0) deps.onDrift(drifts)
    return { checked: ids.length, drifts }
  }

/** Finds the children whose events were lost and follows what ticket says of them. */
async function catchUp(deps: CheckDeps, workspaceId: string, masterId: string): Promise<Drift[]> {
  const children = await deps.transact(workspaceId, (unit) => childrenOf(unit, masterId))
  const drifts: Drift[] = []
  for (let at = 0; at < children.length; at += PAGE) {
    const states = await deps.tickets.states(workspaceId, children.slice(at, at + PAGE))
    const behind = await stillBehind(deps, workspaceId, states)
    if (behind.length === 0) continue
    const found = await deps.transact(workspaceId, async (unit) => {
      const known = versionsOf(await lockTickets(unit, idsOf(behind)))
      await absorbStates(unit, behind, causedBySystem(deps.newId()), deps.say)
      return behind.flatMap(({ ticketId, version }) => {
        const stored = known.get(ticketId) ?? 0
        return stored < version ? [{ masterId, figure: `child:${ticketId}.version`, stored, counted: version }] : []
      })
    })
    drifts.push(...found)
  }
  return drifts
}

/** What linking has not followed after the grace: an event that is merely on its way is no drift. */
async function stillBehind(
  deps: CheckDeps,
  workspaceId: string,
  states: readonly TicketState[],
): Promise<readonly TicketState[]> {
  let behind = states
  for (let waited = 0; ; waited += ASK_EVERY_MS) {
    const asked = behind
    const known = await deps.transact(workspaceId, async (unit) => versionsOf(await findTickets(unit, idsOf(asked))))
    behind = behind.filter(({ ticketId, version }) => (known.get(ticketId) ?? 0) < version)
    if (behind.length === 0 || waited >= deps.graceMs) return behind
    await deps.pause(ASK_EVERY_MS)
  }
}

const idsOf = (states: readonly TicketState[]): string[] => states.map(({ ticketId }) => ticketId)
const versionsOf = (states: readonly TicketState[]): Map<string, number> =>
  new Map(states.map(({ ticketId, version }) => [ticketId, version]))

async function checkCounters(deps: CheckDeps, workspaceId: string, masterId: string): Promise<Drift[]> {
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
  tickets: Awaited<ReturnType<typeof lockTickets>>,
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

async function repairCounters(deps: CheckDeps, unit: Unit, masterId: string, found: Recount): Promise<void> {
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
