import type { LinkBook } from '../domain/link-book.ts'
import { callPusher, graceOf, type PushedBy } from './push-channel.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** Which master drives a ticket now, as ticket is to be told. */
export interface PrimaryLink {
  readonly ticketId: string
  readonly masterId: string | null
  readonly linkId: string | null
  readonly version: number
}

/** Notes, with the links themselves, what ticket must hear of before anybody is told that they stand. */
export async function queuePrimaryLinks(
  unit: Unit,
  book: LinkBook,
  versions: ReadonlyMap<string, number>,
  pushedBy: PushedBy,
): Promise<void> {
  const touched = new Map<string, string>()
  for (const { link } of book.changes)
    if (link.kind === 'child' && link.primary) touched.set(link.ticketId, link.targetId)
  if (touched.size === 0) return
  const rows = [...touched].map(([ticketId, touchedMasterId]) => {
    const link = book.linksOf(ticketId).find(({ kind, primary }) => kind === 'child' && primary)
    return {
      ticket_id: ticketId,
      primary_master_id: link?.targetId ?? null,
      link_id: link?.linkId ?? null,
      link_version: versions.get(`links:${ticketId}`) ?? 0,
      touched_master_id: touchedMasterId,
    }
  })
  await rowsOf(
    unit,
    `insert into primary_link_push (workspace_id, ticket_id, primary_master_id, link_id, link_version, touched_master_id, due_at)
      select ?::uuid, t.*, clock_timestamp() + ?::interval from jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, primary_master_id uuid, link_id uuid,
        link_version bigint, touched_master_id uuid) order by t.ticket_id
      on conflict (workspace_id, ticket_id) do update set primary_master_id = excluded.primary_master_id,
        link_id = excluded.link_id, link_version = excluded.link_version, touched_master_id = excluded.touched_master_id,
        due_at = excluded.due_at`,
    [unit.workspaceId, graceOf(pushedBy), recordset(rows)],
  )
  if (pushedBy === 'background') await callPusher(unit)
}

/** What waits to be pushed for a master's children, for tickets, or what is due in the whole workspace. */
export type Waiting = { readonly touchedMasterId: string } | { readonly ticketIds: readonly string[] } | 'due'

export async function waitingLinks(unit: Unit, waiting: Waiting, limit: number): Promise<PrimaryLink[]> {
  const [where, binding] = filterOf(waiting)
  const rows = await rowsOf<{
    ticket_id: string
    primary_master_id: string | null
    link_id: string | null
    link_version: string
  }>(
    unit,
    `select ticket_id, primary_master_id, link_id, link_version from primary_link_push
      where workspace_id = ? and ${where} order by ticket_id limit ?`,
    [unit.workspaceId, ...binding, limit],
  )
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    masterId: row.primary_master_id,
    linkId: row.link_id,
    version: Number(row.link_version),
  }))
}

function filterOf(waiting: Waiting): [string, (string | readonly string[])[]] {
  if (waiting === 'due') return ['due_at <= statement_timestamp()', []]
  if ('ticketIds' in waiting) return ['ticket_id = any(?::uuid[])', [waiting.ticketIds]]
  return ['touched_master_id = ?', [waiting.touchedMasterId]]
}

/** Forgets what ticket has acknowledged; a link that moved meanwhile stays. */
export async function acknowledgeLinks(unit: Unit, links: readonly PrimaryLink[]): Promise<void> {
  const rows = links.map(({ ticketId, version }) => ({ ticket_id: ticketId, link_version: version }))
  await rowsOf(
    unit,
    `delete from primary_link_push p using jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, link_version bigint)
      where p.workspace_id = ? and p.ticket_id = t.ticket_id and p.link_version = t.link_version`,
    [recordset(rows), unit.workspaceId],
  )
}
