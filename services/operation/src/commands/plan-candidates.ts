import type { PlannedChild } from '../domain/decide-item.ts'
import { noFilter, type Target } from '../domain/plan.ts'
import type { Asking, GetTicketStates, LinkedChild, ListChildren, TicketStates } from './ports.ts'

const PAGE = 1_000

export interface CandidatePage {
  readonly children: readonly PlannedChild[]
  readonly hidden: number
  /** Who joins the master above this came after the plan; 0: the plan was not for all who might join. */
  readonly linkSeq: number
}

interface Peers {
  readonly listChildren: ListChildren
  readonly ticketStates: GetTicketStates
}
export interface Wanted {
  readonly masterId: string
  readonly target: Target
  /** Follow-ups are work about the problem, nobody's conversation: texts for customers leave them out. */
  readonly followUps: boolean
  /** Of which the values are needed. */
  readonly variables: readonly string[]
  /** Only children that joined above this. */
  readonly aboveLinkSeq: number
}

/**
 * Whom the target reaches, a page at a time, with the tickets as they are now. Children that the actor may not see are
 * left out and only counted; one that was named all the same looks like one that does not exist.
 */
export async function* candidates(peers: Peers, asking: Asking, wanted: Wanted): AsyncGenerator<CandidatePage> {
  if (wanted.target.kind === 'chosen') yield* chosen(peers, asking, wanted, wanted.target.ticketIds)
  else yield* linked(peers, asking, wanted)
}

async function* linked({ listChildren, ticketStates }: Peers, asking: Asking, wanted: Wanted) {
  const { masterId, target, aboveLinkSeq } = wanted
  const filter = target.kind === 'filter' ? target.filter : noFilter
  // linking leaves out what the actor may not see. All are counted, whoever asks; of a filter no count may tell whom it met
  const lister = target.kind === 'filter' ? asking : { ...asking, actorId: '' }
  let after = ''
  do {
    const page = await listChildren(lister, { masterId, ticketIds: [], filter, aboveLinkSeq, limit: PAGE, after })
    const children = page.children.filter(({ followUp }) => wanted.followUps || !followUp)
    if (children.length > 0) {
      const states = await ticketStates(asking, ids(children), wanted.variables)
      yield seen(children, states, target.kind === 'all' ? page.linkSeqHighWater : 0)
    }
    after = page.next
  } while (after !== '')
}

const ids = (children: readonly LinkedChild[]) => children.map(({ ticketId }) => ticketId)

function seen(children: readonly LinkedChild[], { states, hidden }: TicketStates, linkSeq: number): CandidatePage {
  const known = new Map(states.map((state) => [state.ticketId, state]))
  const visible = children.filter(({ ticketId }) => known.has(ticketId))
  return {
    hidden,
    linkSeq,
    children: visible.map((child) => ({
      ticketId: child.ticketId,
      linkId: child.linkId,
      linkSeq: child.linkSeq,
      ticket: known.get(child.ticketId),
      linked: true,
    })),
  }
}

async function* chosen(
  { listChildren, ticketStates }: Peers,
  asking: Asking,
  { masterId, variables }: Wanted,
  ticketIds: readonly string[],
): AsyncGenerator<CandidatePage> {
  const once = [...new Set(ticketIds)]
  for (let at = 0; at < once.length; at += PAGE) {
    const page = once.slice(at, at + PAGE)
    const query = { masterId, ticketIds: page, filter: noFilter, aboveLinkSeq: 0, limit: PAGE, after: '' }
    const { children } = await listChildren(asking, query)
    const { states } = await ticketStates(asking, page, variables)
    const links = new Map(children.map((child) => [child.ticketId, child]))
    const known = new Map(states.map((state) => [state.ticketId, state]))
    yield {
      hidden: 0,
      linkSeq: 0,
      children: page.map((ticketId) => ({
        ticketId,
        linkId: links.get(ticketId)?.linkId ?? '',
        linkSeq: links.get(ticketId)?.linkSeq ?? 0,
        ticket: known.get(ticketId),
        linked: links.has(ticketId),
      })),
    }
  }
}
