import { notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { rowsOf, type Unit } from './sql.ts'

export type ResourceKind = 'task' | 'document'

/** A task or a document attached to a ticket as a reference. */
export interface ResourceRow {
  readonly resourceId: string
  readonly ticketId: string
  readonly kind: ResourceKind
  readonly title: string
  readonly url: string
  readonly linkedAt: Date
}

const MOST = 1_000
const columns = `resource_id as "resourceId", ticket_id as "ticketId", kind, title, url, linked_at as "linkedAt"`

export async function insertResource(unit: Unit, resource: Omit<ResourceRow, 'linkedAt'>): Promise<void> {
  const { resourceId, ticketId, kind, title, url } = resource
  await rowsOf(
    unit,
    'insert into linked_resource (workspace_id, resource_id, ticket_id, kind, title, url) values (?, ?, ?, ?, ?, ?)',
    [unit.workspaceId, resourceId, ticketId, kind, title, url],
  )
}

/** Throws `not-found`. */
export async function readResource(unit: Unit, resourceId: string): Promise<ResourceRow> {
  const [row] = await rowsOf<ResourceRow>(
    unit,
    `select ${columns} from linked_resource where workspace_id = ? and resource_id = ?`,
    [unit.workspaceId, resourceId],
  )
  if (!row) throw unknownResource()
  return row
}

/** Throws `not-found` where the ticket has no resource of this id. */
export async function deleteResource(unit: Unit, ticketId: string, resourceId: string): Promise<void> {
  if (!isId(resourceId)) throw unknownResource()
  const rows = await rowsOf(
    unit,
    'delete from linked_resource where workspace_id = ? and resource_id = ? and ticket_id = ? returning resource_id',
    [unit.workspaceId, resourceId, ticketId],
  )
  if (rows.length === 0) throw unknownResource()
}

// linked_resource_of_ticket
export const readResources = (unit: Unit, ticketId: string): Promise<ResourceRow[]> =>
  rowsOf<ResourceRow>(
    unit,
    `select ${columns} from linked_resource where workspace_id = ? and ticket_id = ? order by linked_at limit ${MOST}`,
    [unit.workspaceId, ticketId],
  )

const unknownResource = () => notFound('not-found', 'no such resource on this ticket')
