import { isUmbelError } from '@umbel/kernel'
import type { TicketState } from '../domain/ticket.ts'
import type { Priority } from '../domain/words.ts'
import type { Deps } from './deps.ts'
import type { ChildResult } from './link-children.ts'

/** A ticket to be opened as a child, under an id chosen before. */
export interface NewChild {
  readonly id: string
  readonly subject: string
  readonly requesterId: string | null
  readonly description: string
  readonly priority: Priority | null
  readonly groupId: string | null
  readonly assigneeId: string | null
}

const AT_ONCE = 8

export interface Opened {
  readonly states: readonly TicketState[]
  /** Those that ticket refused, each with the slug of its refusal. */
  readonly refused: readonly ChildResult[]
}

/** Opens tickets, a few at a time; a refusal is that ticket's outcome, an outage is everybody's. Says when it goes on. */
export async function openChildren(
  { tickets }: Pick<Deps, 'tickets'>,
  workspaceId: string,
  children: readonly NewChild[],
  actorId: string,
  goesOn: () => Promise<void> = async () => {},
): Promise<Opened> {
  const states: TicketState[] = []
  const refused: ChildResult[] = []
  const open = async (child: NewChild) => {
    try {
      const ticket = { ...child, key: child.id, projectId: null, labels: [], master: false }
      states.push(await tickets.open(workspaceId, ticket, actorId))
    } catch (error) {
      if (!isUmbelError(error) || error.kind === 'unavailable' || error.kind === 'conflict') throw error
      refused.push({ ticketId: child.id, outcome: error.slug, linkId: '' })
    }
  }
  for (let at = 0; at < children.length; at += AT_ONCE) {
    if (at > 0) await goesOn()
    await Promise.all(children.slice(at, at + AT_ONCE).map(open))
  }
  const order = new Map(children.map(({ id }, at) => [id, at]))
  states.sort((a, b) => (order.get(a.ticketId) ?? 0) - (order.get(b.ticketId) ?? 0))
  return { states, refused }
}
