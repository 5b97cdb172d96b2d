import type { Cause } from '../domain/cause.ts'
import { sameContribution } from '../domain/contribution.ts'
import type { ActiveLink } from '../domain/link.ts'
import type { Tally } from '../domain/tally.ts'
import {
  contributionOf,
  dropContributions,
  lockContributions,
  putContributions,
  type StoredContribution,
} from './contributions.ts'
import type { KnownTicket } from './known-tickets.ts'
import { dropReplies, putReplies } from './replies.ts'
import type { Unit } from './sql.ts'

/** One child's place under one master: what it contributed, and over which link it contributes now. */
export interface Move {
  readonly ticket: KnownTicket
  readonly masterId: string
  readonly before: StoredContribution | undefined
  readonly link: ActiveLink | undefined
  readonly cause: Cause
}

/** Takes the old contributions away, adds the new ones, and notes in the tally what that does to each master. */
export async function moveContributions(unit: Unit, moves: readonly Move[], tally: Tally): Promise<void> {
  const put: StoredContribution[] = []
  const dropped: StoredContribution[] = []
  const replies: { masterId: string; ticket: KnownTicket }[] = []
  for (const { ticket, masterId, before, link, cause } of moves) {
    const after = link && contributionOf(ticket, link)
    tally.add(masterId, cause, before?.contribution, after?.contribution)
    if (after) put.push(after)
    else if (before) dropped.push(before)
    if (after && repliesMoved(before, after)) {
      replies.push({ masterId, ticket })
      tally.touch(masterId, cause)
    }
  }
  await putContributions(unit, put)
  await dropContributions(unit, dropped)
  await putReplies(unit, replies)
  await dropReplies(unit, dropped)
}

const repliesMoved = (before: StoredContribution | undefined, after: StoredContribution): boolean =>
  before?.repliedAt?.getTime() !== after.repliedAt?.getTime() ||
  before?.contribution.groupId !== after.contribution.groupId

/** Brings what these tickets contribute up to what is known of them now; tickets without a master cost one probe. */
export async function followTickets(
  unit: Unit,
  ticketIds: readonly string[],
  { causeOf, ticketsOf, tally }: Following,
): Promise<void> {
  if (ticketIds.length === 0) return
  const stored = await lockContributions(unit, ticketIds)
  if (stored.length === 0) return
  const tickets = new Map((await ticketsOf([...new Set(stored.map(({ ticketId }) => ticketId))])).map(byId))
  const moves = stored.flatMap((before): Move[] => {
    const ticket = tickets.get(before.ticketId)
    if (!ticket) return []
    const link = linkOf(before)
    const after = contributionOf(ticket, link)
    if (sameContribution(before.contribution, after.contribution) && !repliesMoved(before, after)) return []
    return [{ ticket, masterId: before.masterId, before, link, cause: causeOf(before.ticketId) }]
  })
  await moveContributions(unit, moves, tally)
}

export interface Following {
  causeOf(ticketId: string): Cause
  ticketsOf(ids: readonly string[]): Promise<readonly KnownTicket[]>
  readonly tally: Tally
}

const byId = (ticket: KnownTicket): [string, KnownTicket] => [ticket.ticketId, ticket]

const linkOf = ({ linkId, ticketId, masterId, contribution }: StoredContribution): ActiveLink => ({
  linkId,
  kind: 'child',
  purpose: contribution.purpose,
  ticketId,
  targetId: masterId,
  primary: contribution.primary,
})
