import { conflict } from '@umbel/kernel'
import type { LinkBook } from '../domain/link-book.ts'
import { lockBook } from './books.ts'
import { rowsOf, type Unit } from './sql.ts'

/**
 * Locks tickets together with those around them, all in id order. Who is around is read before and after the locks:
 * throws `conflict` (`links-moved`) when somebody came in between, and the transaction is done again.
 */
export async function lockAround(
  unit: Unit,
  ticketIds: readonly string[],
  around: () => Promise<readonly string[]>,
): Promise<LinkBook> {
  const locked = [...ticketIds, ...(await around())]
  const book = await lockBook(unit, locked)
  const known = new Set(locked)
  if ((await around()).some((id) => !known.has(id))) throw conflict('links-moved', 'the links moved meanwhile')
  return book
}

// link_children
/** The tickets that are children of a master now. */
export async function childrenOf(unit: Unit, masterId: string): Promise<string[]> {
  const rows = await rowsOf<{ ticket_id: string }>(
    unit,
    `select ticket_id from link where workspace_id = ? and target_id = ? and kind = 'child' and ended_at is null`,
    [unit.workspaceId, masterId],
  )
  return rows.map((row) => row.ticket_id)
}

// link_to_ticket
/** The tickets whose duplicate and related links lead to this one. */
export async function referringTo(unit: Unit, ticketId: string): Promise<string[]> {
  const rows = await rowsOf<{ ticket_id: string }>(
    unit,
    `select distinct ticket_id from link where workspace_id = ? and target_id = ? and kind <> 'child' and ended_at is null`,
    [unit.workspaceId, ticketId],
  )
  return rows.map((row) => row.ticket_id)
}
