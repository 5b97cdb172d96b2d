import type { ActiveLink } from '../domain/link.ts'
import { type LinkBook, openBook } from '../domain/link-book.ts'
import { rowsOf, type Unit } from './sql.ts'

/** Locks the role rows of these tickets in id order, making those that are missing, and reads what stands around them. */
export async function lockBook(unit: Unit, ticketIds: readonly string[]): Promise<LinkBook> {
  const ids = [...new Set(ticketIds)].sort()
  await rowsOf(
    unit,
    `insert into ticket_role (workspace_id, ticket_id)
      select ?::uuid, id from unnest(?::uuid[]) as id order by id on conflict do nothing`,
    [unit.workspaceId, ids],
  )
  const roles = await rowsOf<{ ticket_id: string; master: boolean }>(
    unit,
    `select ticket_id, master from ticket_role where workspace_id = ? and ticket_id = any(?::uuid[])
      order by ticket_id for update`,
    [unit.workspaceId, ids],
  )
  const masters = roles.flatMap((row) => (row.master ? [row.ticket_id] : []))
  return openBook(masters, await activeLinks(unit, ids))
}

interface Row {
  link_id: string
  kind: ActiveLink['kind']
  purpose: ActiveLink['purpose']
  ticket_id: string
  target_id: string
  is_primary: boolean
}

// link_one_per_pair
async function activeLinks(unit: Unit, ids: readonly string[]): Promise<ActiveLink[]> {
  const rows = await rowsOf<Row>(
    unit,
    `select link_id, kind, purpose, ticket_id, target_id, is_primary from link
      where workspace_id = ? and ticket_id = any(?::uuid[]) and ended_at is null order by linked_at, link_id`,
    [unit.workspaceId, ids],
  )
  return rows.map((row) => ({
    linkId: row.link_id,
    kind: row.kind,
    purpose: row.purpose,
    ticketId: row.ticket_id,
    targetId: row.target_id,
    primary: row.is_primary,
  }))
}
