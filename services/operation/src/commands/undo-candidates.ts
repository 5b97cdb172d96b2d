import type { Item } from '../domain/operation.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { CandidatePage } from './plan-candidates.ts'
import type { Asking, GetTicketStates } from './ports.ts'

const PAGE = 1_000

interface UndoDeps {
  readonly transact: Transact
  readonly ticketStates: GetTicketStates
}

/** The children that an operation has changed, as its own items say, with the tickets as they are now. */
export async function* undoCandidates(
  { transact, ticketStates }: UndoDeps,
  asking: Asking,
  operationId: string,
): AsyncGenerator<CandidatePage> {
  const { workspaceId } = asking
  let after = 0
  for (;;) {
    const wanted = { state: 'applied', notification: '', after, limit: PAGE }
    const items = await transact({ workspaceId }, (session) => session.items.list(operationId, wanted))
    if (items.length === 0) return
    after = items.at(-1)?.seq ?? 0
    const { states, hidden } = await ticketStates(
      asking,
      items.map(({ ticketId }) => ticketId),
    )
    yield { hidden, linkSeq: 0, children: changed(items, new Map(states.map((state) => [state.ticketId, state]))) }
  }
}

function changed(items: readonly Item[], known: ReadonlyMap<string, CandidatePage['children'][number]['ticket']>) {
  return items.flatMap(({ ticketId, linkId, before, after, version }) => {
    const ticket = known.get(ticketId)
    if (!ticket) return []
    const linked = ticket.linkId === linkId
    return { ticketId, linkId, linkSeq: 0, ticket, linked, undone: { before, after, version } }
  })
}
