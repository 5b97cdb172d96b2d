import type { PlannedChild, Target } from '../domain/plan.ts'
import type { Acting } from './acting.ts'
import type { Asking, GetTicketStates, LinkedChild, ListChildren, TicketStates } from './ports.ts'

const PAGE = 1_000

export type Candidate = PlannedChild
export interface CandidatePage {
  readonly children: readonly Candidate[]
  readonly hidden: number
}

interface Peers {
  readonly listChildren: ListChildren
  readonly ticketStates: GetTicketStates
}
interface Wanted {
  readonly acting: Acting
  readonly masterId: string
  readonly target: Target
  readonly text: string
}

/**
 * Whom the target reaches, a page at a time, with the tickets as they are now. Children that the actor may not see are
 * left out and only counted; one that was named all the same looks like one that does not exist.
 */
export async function* candidates(peers: Peers, workspaceId: string, wanted: Wanted): AsyncGenerator<CandidatePage> {
  const asking = { workspaceId, actorId: wanted.acting.actorId }
  if (wanted.target.kind === 'chosen') yield* chosen(peers, asking, wanted.masterId, wanted.target.ticketIds)
  else yield* linked(peers, asking, wanted)
}

async function* linked({ listChildren, ticketStates }: Peers, asking: Asking, { masterId, target, text }: Wanted) {
  const statuses = target.kind === 'filter' ? target.statuses : []
  let after = ''
  do {
    const page = await listChildren(asking, { masterId, ticketIds: [], statuses, limit: PAGE, after })
    // a follow-up is work about the problem, nobody's conversation: texts for customers leave it out
    const children = page.children.filter(({ followUp }) => text === '' || !followUp)
    if (children.length > 0) yield seen(children, await ticketStates(asking, ids(children)))
    after = page.next
  } while (after !== '')
}

const ids = (children: readonly LinkedChild[]) => children.map(({ ticketId }) => ticketId)

function seen(children: readonly LinkedChild[], { states, hidden }: TicketStates): CandidatePage {
  const known = new Map(states.map((state) => [state.ticketId, state]))
  const visible = children.filter(({ ticketId }) => known.has(ticketId))
  return {
    hidden,
    children: visible.map(({ ticketId, linkId }) => ({ ticketId, linkId, ticket: known.get(ticketId), linked: true })),
  }
}

async function* chosen(
  { listChildren, ticketStates }: Peers,
  asking: Asking,
  masterId: string,
  ticketIds: readonly string[],
): AsyncGenerator<CandidatePage> {
  const once = [...new Set(ticketIds)]
  for (let at = 0; at < once.length; at += PAGE) {
    const page = once.slice(at, at + PAGE)
    const { children } = await listChildren(asking, {
      masterId,
      ticketIds: page,
      statuses: [],
      limit: PAGE,
      after: '',
    })
    const { states } = await ticketStates(asking, page)
    const links = new Map(children.map(({ ticketId, linkId }) => [ticketId, linkId]))
    const known = new Map(states.map((state) => [state.ticketId, state]))
    yield {
      hidden: 0,
      children: page.map((ticketId) => ({
        ticketId,
        linkId: links.get(ticketId) ?? '',
        ticket: known.get(ticketId),
        linked: links.has(ticketId),
      })),
    }
  }
}
