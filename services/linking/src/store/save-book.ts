import type { LinkingEvent } from '../domain/events.ts'
import type { LinkBook, LinkChange } from '../domain/link-book.ts'
import { createTally, type Tally } from '../domain/tally.ts'
import { lockContributions } from './contributions.ts'
import { lockTickets } from './known-tickets.ts'
import { type NumberedChange, writeLinks } from './link-rows.ts'
import { type Move, moveContributions } from './move-contributions.ts'
import { queuePrimaryLinks } from './primary-links.ts'
import type { PushedBy } from './push-channel.ts'
import { numberLinks, writeRoles } from './roles.ts'
import { applyTally } from './rollups.ts'
import type { Unit } from './sql.ts'
import { advanceStreams } from './streams.ts'

/** Puts events into the outbox, in the same transaction. */
export type Say = (unit: Unit, events: readonly LinkingEvent[]) => Promise<void>

export interface SaveOptions {
  readonly say: Say
  /** What the same transaction did to rollups before. */
  readonly tally?: Tally
  /** Who tells ticket: whoever called, before it answers, or the background at once. */
  readonly pushedBy: PushedBy
}

/** Saves what changed in a book: roles, links, contributions, counters, what ticket must hear, and the events. */
export async function saveBook(unit: Unit, book: LinkBook, options: SaveOptions): Promise<void> {
  const { say, tally = createTally(), pushedBy } = options
  const roleEvents = await writeRoles(unit, book.roleChanges, pushedBy)
  const linkEvents = await saveLinks(unit, book, pushedBy)
  await moveChildren(unit, book, tally)
  const rollupEvents = await applyTally(unit, tally)
  await say(unit, [...roleEvents, ...linkEvents, ...rollupEvents])
}

async function saveLinks(unit: Unit, book: LinkBook, pushedBy: PushedBy): Promise<LinkingEvent[]> {
  if (book.changes.length === 0) return []
  const numbers = await numberLinks(unit, book.changes)
  const numbered = book.changes.map((change) => ({ ...change, linkSeq: numbers.get(change.link.linkId) ?? 0 }))
  await writeLinks(unit, numbered)
  const steps = new Map<string, number>()
  for (const { link } of numbered) steps.set(keyOf(link), (steps.get(keyOf(link)) ?? 0) + 1)
  const versions = await advanceStreams(unit, steps)
  await queuePrimaryLinks(unit, book, versions, pushedBy)
  return inOrder(numbered, steps, versions)
}

const keyOf = ({ ticketId }: LinkChange['link']): string => `links:${ticketId}`

/** Every change is one version of its ticket's stream, in the order in which they happened. */
function inOrder(
  changes: readonly NumberedChange[],
  steps: ReadonlyMap<string, number>,
  versions: ReadonlyMap<string, number>,
): LinkingEvent[] {
  const next = new Map([...steps].map(([key, count]) => [key, (versions.get(key) ?? 0) - count]))
  return changes.map(({ link, ended, cause, occurredAt, linkSeq }) => {
    const streamVersion = (next.get(keyOf(link)) ?? 0) + 1
    next.set(keyOf(link), streamVersion)
    return { type: 'link-changed', streamVersion, cause, occurredAt, link, ended, linkSeq }
  })
}

async function moveChildren(unit: Unit, book: LinkBook, tally: Tally): Promise<void> {
  const moved = book.changes.filter(({ link }) => link.kind === 'child')
  if (moved.length === 0) return
  const ticketIds = [...new Set(moved.map(({ link }) => link.ticketId))]
  const tickets = new Map((await lockTickets(unit, ticketIds)).map((ticket) => [ticket.ticketId, ticket]))
  const stored = new Map(
    (await lockContributions(unit, ticketIds)).map((row) => [`${row.ticketId} ${row.masterId}`, row]),
  )
  const pairs = new Map(moved.map(({ link, cause }) => [`${link.ticketId} ${link.targetId}`, { link, cause }]))
  const moves = [...pairs].flatMap(([pair, { link, cause }]): Move[] => {
    const ticket = tickets.get(link.ticketId)
    if (!ticket) return []
    const now = book.linksOf(link.ticketId).find((one) => one.kind === 'child' && one.targetId === link.targetId)
    return [{ ticket, masterId: link.targetId, before: stored.get(pair), link: now, cause }]
  })
  await moveContributions(unit, moves, tally)
}
