import type { LinkChange } from '../domain/link-book.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

export interface NumberedChange extends LinkChange {
  /** Rises per master; 0 for links that are no child links. */
  readonly linkSeq: number
}

/** Ends links and writes new ones; one that began and ended at once is written as ended. */
export async function writeLinks(unit: Unit, changes: readonly NumberedChange[]): Promise<void> {
  const begun = new Set(changes.flatMap(({ link, ended }) => (ended ? [] : [link.linkId])))
  const ends = new Map(changes.flatMap((change) => (change.ended ? [[change.link.linkId, change] as const] : [])))
  await endLinks(
    unit,
    [...ends.values()].filter(({ link }) => !begun.has(link.linkId)),
  )
  const rows = changes.flatMap((change) => (change.ended ? [] : [rowOf(change, ends.get(change.link.linkId))]))
  await insertLinks(unit, rows)
}

async function endLinks(unit: Unit, ends: readonly LinkChange[]): Promise<void> {
  if (ends.length === 0) return
  const rows = ends.map(({ link, occurredAt, cause }) => ({ link_id: link.linkId, ended_at: occurredAt, cause }))
  await rowsOf(
    unit,
    `update link l set ended_at = t.ended_at, ended_cause = t.cause
      from jsonb_to_recordset(?::jsonb) as t (link_id uuid, ended_at timestamptz, cause jsonb)
      where l.workspace_id = ? and l.link_id = t.link_id`,
    [recordset(rows), unit.workspaceId],
  )
}

async function insertLinks(unit: Unit, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  await rowsOf(
    unit,
    `insert into link (workspace_id, link_id, kind, purpose, ticket_id, target_id, is_primary, link_seq, linked_at, cause,
        ended_at, ended_cause)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (link_id uuid, kind text, purpose text, ticket_id uuid,
        target_id uuid, is_primary boolean, link_seq bigint, linked_at timestamptz, cause jsonb,
        ended_at timestamptz, ended_cause jsonb)`,
    [unit.workspaceId, recordset(rows)],
  )
}

const rowOf = ({ link, linkSeq, occurredAt, cause }: NumberedChange, end: LinkChange | undefined) => ({
  link_id: link.linkId,
  kind: link.kind,
  purpose: link.purpose,
  ticket_id: link.ticketId,
  target_id: link.targetId,
  is_primary: link.primary,
  link_seq: linkSeq,
  linked_at: occurredAt,
  cause,
  ended_at: end?.occurredAt ?? null,
  ended_cause: end?.cause ?? null,
})
