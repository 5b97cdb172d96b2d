import { authorize, invalid, refused } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { Priority } from '../domain/words.ts'
import { lockBook } from '../store/books.ts'
import { findTickets } from '../store/known-tickets.ts'
import { answered, once } from '../store/unit-of-work.ts'
import { authorizeFor, causeOf, type Deps, type Write } from './deps.ts'
import { absorbStates, learnTickets } from './learn-tickets.ts'
import { type ChildResult, linkChildren } from './link-children.ts'
import { onBehalfOf } from './master-steps.ts'
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
    const children = withIds(deps, command)
    const results = (await answeredBefore(deps, command)) ?? (await openAndLink(deps, command, children))
    await pushLinks(deps)(workspaceId, { ticketIds: children.map(({ id }) => id) })
    return results
  }

function withIds(
  { newId }: Deps,
  { workspaceId, actor, masterId, children, idempotency }: CreateFollowUps,
): NewChild[] {
  const seed = idempotency.key || newId()
  const idAt = (at: number) => idFrom('follow-up', workspaceId, masterId, actor.id, seed, at)
  return children.map((child, at) => ({ ...child, id: idAt(at) }))
}

const keyOf = ({ actor, idempotency }: CreateFollowUps) => ({
  rpc: 'CreateFollowUps',
  actorId: actor.id,
  ...idempotency,
})

/** Looked at before anything is opened: a ticket that could not be linked, or that another request's key names, should not exist. */
const answeredBefore = ({ transact }: Deps, command: CreateFollowUps): Promise<ChildResult[] | undefined> =>
  transact(command.workspaceId, async (unit) => {
    const { actor, masterId } = command
    const [master] = await findTickets(unit, [masterId])
    authorizeFor(actor, 'coordinate-master', master)
    const before = await answered<ChildResult[]>(unit, keyOf(command))
    if (before) return before
    const book = await lockBook(unit, [masterId])
    if (!book.isMaster(masterId)) throw refused('not-a-master', 'this ticket is not a master')
    return undefined
  })

async function openAndLink(
  deps: Deps,
  command: CreateFollowUps,
  children: readonly NewChild[],
): Promise<ChildResult[]> {
  const { workspaceId, actor, masterId } = command
  const opened = await openChildren(deps, workspaceId, children, onBehalfOf(actor))
  const cause = causeOf(deps, command)
  const ticketIds = opened.states.map(({ ticketId }) => ticketId)
  const shared = { actor, masterId, primary: true, purpose: 'follow_up', cause } as const
  return deps.transact(workspaceId, (unit) =>
    once(unit, keyOf(command), async () => {
      await absorbStates(unit, opened.states, cause, deps.say)
      return [...(await linkChildren(deps, unit, { ...shared, ticketIds })), ...opened.refused]
    }),
  )
}
