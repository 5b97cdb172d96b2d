import { authorize, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { findTickets } from '../store/known-tickets.ts'
import {
  deleteResource,
  insertResource,
  type ResourceKind,
  type ResourceRow,
  readResource,
} from '../store/resources.ts'
import { once } from '../store/unit-of-work.ts'
import { authorizeFor, type Deps, type Write } from './deps.ts'
import { learnTickets } from './learn-tickets.ts'

export interface AddResource extends Write {
  readonly ticketId: string
  readonly kind: string
  readonly title: string
  readonly url: string
}

const LONGEST_TITLE = 500
const LONGEST_URL = 2_000

/** Attaches a task or a document to a ticket as a reference. */
export const addResource =
  (deps: Deps) =>
  async (command: AddResource): Promise<ResourceRow> => {
    const { workspaceId, actor, ticketId } = command
    authorize(actor, 'update-ticket')
    const resource = checked(command)
    await learnTickets(deps)(workspaceId, [ticketId])
    return deps.transact(workspaceId, async (unit) => {
      const resourceId = await once(
        unit,
        { rpc: 'AddResource', actorId: actor.id, ...command.idempotency },
        async () => {
          const [ticket] = await findTickets(unit, [ticketId].filter(isId))
          authorizeFor(actor, 'update-ticket', ticket)
          const id = deps.newId()
          await insertResource(unit, { resourceId: id, ticketId, ...resource })
          return id
        },
      )
      return readResource(unit, resourceId)
    })
  }

export interface RemoveResource extends Write {
  readonly ticketId: string
  readonly resourceId: string
}

/** Takes a reference away; throws `not-found` where the ticket has none of this id. */
export const removeResource =
  (deps: Deps) =>
  async (command: RemoveResource): Promise<void> => {
    const { workspaceId, actor, ticketId, resourceId } = command
    authorize(actor, 'update-ticket')
    await learnTickets(deps)(workspaceId, [ticketId])
    await deps.transact(workspaceId, (unit) =>
      once(unit, { rpc: 'RemoveResource', actorId: actor.id, ...command.idempotency }, async () => {
        const [ticket] = await findTickets(unit, [ticketId].filter(isId))
        authorizeFor(actor, 'update-ticket', ticket)
        await deleteResource(unit, ticketId, resourceId)
        return null
      }),
    )
  }

function checked({ kind, title, url }: AddResource): { kind: ResourceKind; title: string; url: string } {
  if (kind !== 'task' && kind !== 'document')
    throw invalid('kind-unknown', 'a resource is a task or a document', { field: 'kind' })
  const named = title.trim()
  if (named === '' || named.length > LONGEST_TITLE)
    throw invalid('title-unfit', `a title has 1 to ${LONGEST_TITLE} characters`, { field: 'title' })
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || url.length > LONGEST_URL)
    throw invalid('url-unfit', 'a resource has an http or https address', { field: 'url' })
  return { kind, title: named, url: parsed.href }
}
