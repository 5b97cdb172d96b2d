import { authorize, invalid, refused } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { Priority } from '../domain/words.ts'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { once } from '../store/unit-of-work.ts'
import { authorizeFor, causeOf, type Deps, type Write } from './deps.ts'
import { absorbStates, learnTickets } from './learn-tickets.ts'
import { type ChildResult, linkChildren } from './link-children.ts'
import { type NewChild, openChildren } from './open-children.ts'
import { pushLinks } from './push-to-ticket.ts'

export interface CreateFollowUps extends Write {
  readonly masterId: string
  readonly children: readonly (Omit<NewChild, 'id'> & { readonly priority: Priority | null })[]
}

const MAX_NEW = 1_000

/**
 * Opens follow-up tickets and links them under a master. Their ids come from the key, so that a repeat opens and links
 * the same ones. A ticket that could not be opened has the slug of the refusal as its outcome.
 */
export const createFollowUps =
  (deps: Deps) =>
  async (command: CreateFollowUps): Promise<ChildResult[]> => {
    const { workspaceId, actor, masterId } = command
    authorize(actor, 'coordinate-master')
    if (command.children.length > MAX_NEW)
      throw invalid('too-many-children', `at most ${MAX_NEW} new tickets at once`, { field: 'children' })
    await learnTickets(deps)(workspaceId, [masterId])
    await assertMaster(deps, command)
    const seed = command.idempotency.key || deps.newId()
    const children = command.children.map((child, at) => ({
      ...child,
      id: idFrom('follow-up', workspaceId, masterId, actor.id, seed, at),
    }))
    const opened = await openChildren(deps, workspaceId, children, actor.role === 'service' ? '' : actor.id)
    const cause = causeOf(deps, command)
    const results = await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'CreateFollowUps', actorId: actor.id, ...command.idempotency }, async () => {
        await absorbStates(unit, opened.states, cause, deps.say)
        const ticketIds = opened.states.map(({ ticketId }) => ticketId)
        const linked = await linkChildren(deps, unit, {
          actor,
          masterId,
          ticketIds,
          primary: true,
          purpose: 'follow_up',
          cause,
        })
        return [...linked, ...opened.refused]
      }),
    )
    await pushLinks(deps)(workspaceId, { ticketIds: children.map(({ id }) => id) })
    return results
  }

/** Before anything is opened: a ticket that could not be linked should not exist. */
const assertMaster = ({ transact }: Deps, { workspaceId, actor, masterId }: CreateFollowUps): Promise<void> =>
  transact(workspaceId, async (unit) => {
    const [master] = await findTickets(unit, [masterId])
    authorizeFor(actor, 'coordinate-master', master)
    const book = await lockBook(unit, [masterId])
    if (!book.isMaster(masterId)) throw refused('not-a-master', 'this ticket is not a master')
  })
