import { authorize, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { once } from '../store/unit-of-work.ts'
import { causeOf, type Deps, type Write } from './deps.ts'
import { learnTickets } from './learn-tickets.ts'
import { type ChildResult, linkChildren } from './link-children.ts'
import { pushLinks } from './push-to-ticket.ts'

export interface AddChildren extends Write {
  readonly masterId: string
  readonly ticketIds: readonly string[]
  /** Links that count but do not drive. */
  readonly contributing: boolean
}

const MAX_CHILDREN = 10_000

/**
 * Links up to 10,000 tickets under a master, each with an outcome, and answers when ticket knows who drives them. Throws
 * `not-found` for a hidden master, `refused` (`not-a-master`), `invalid` (`too-many-children`).
 */
export const addChildren =
  (deps: Deps) =>
  async (command: AddChildren): Promise<ChildResult[]> => {
    const { workspaceId, actor, masterId, contributing } = command
    authorize(actor, 'coordinate-master')
    const ids = distinct(command.ticketIds)
    await learnTickets(deps)(workspaceId, [masterId, ...ids])
    const results = await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'AddChildren', actorId: actor.id, ...command.idempotency }, () =>
        linkChildren(deps, unit, {
          actor,
          masterId,
          ticketIds: ids.filter(isId),
          primary: !contributing,
          purpose: 'customer',
          cause: causeOf(deps, command),
        }),
      ),
    )
    await pushLinks(deps)(workspaceId, { ticketIds: ids.filter(isId) })
    return [...results, ...strangers(ids)]
  }

/** Each id once; throws `invalid` for too many. */
export function distinct(ids: readonly string[]): string[] {
  if (ids.length > MAX_CHILDREN)
    throw invalid('too-many-children', `at most ${MAX_CHILDREN} tickets at once`, { field: 'ticket_ids' })
  return [...new Set(ids)]
}

/** What is no id cannot be a ticket. */
export const strangers = (ids: readonly string[]): ChildResult[] =>
  ids.filter((id) => !isId(id)).map((ticketId) => ({ ticketId, outcome: 'not-found', linkId: '' }))
