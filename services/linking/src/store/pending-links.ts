import type { Cause } from '../domain/cause.ts'
import type { ExternalId } from '../domain/ticket.ts'
import type { LinkKind } from '../domain/words.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** A link that a source declared and that waits for its target to appear or to become a master. */
export interface PendingLink {
  readonly ticketId: string
  readonly kind: LinkKind
  readonly target: ExternalId
  /** Null: no such ticket has been seen yet. */
  readonly targetId: string | null
  readonly primary: boolean
  readonly cause: Cause
  readonly occurredAt: Date
}

export type PendingKey = Pick<PendingLink, 'ticketId' | 'kind' | 'target'>

interface Row {
  ticket_id: string
  kind: LinkKind
  source: string
  external_id: string
  target_id: string | null
  is_primary: boolean
  cause: Cause
  occurred_at: Date
}

const columns = 'p.ticket_id, p.kind, p.source, p.external_id, p.target_id, p.is_primary, p.cause, p.occurred_at'

/** Held until the transaction ends: who declares links waits for who names tickets, so that none is missed between them. */
export async function lockNames(unit: Unit, mode: 'declaring' | 'naming'): Promise<void> {
  const shared = mode === 'naming' ? '_shared' : ''
  await rowsOf(unit, `select pg_advisory_xact_lock${shared}(hashtextextended(?, 0))`, [`names ${unit.workspaceId}`])
}

// pending_link_by_name
/** What waited for tickets of these names. */
export async function pendingForNames(unit: Unit, names: readonly ExternalId[]): Promise<PendingLink[]> {
  const rows = await rowsOf<Row>(
    unit,
    `select ${columns} from jsonb_to_recordset(?::jsonb) as t (source text, id text)
      join pending_link p on p.workspace_id = ? and p.source = t.source and p.external_id = t.id
      order by p.occurred_at`,
    [recordset(names.map(({ source, id }) => ({ source, id }))), unit.workspaceId],
  )
  return rows.map(toPending)
}

// pending_link_by_target
/** What waits for these tickets to become masters. */
export async function pendingForMasters(unit: Unit, masterIds: readonly string[]): Promise<PendingLink[]> {
  if (masterIds.length === 0) return []
  const rows = await rowsOf<Row>(
    unit,
    `select ${columns} from pending_link p
      where p.workspace_id = ? and p.target_id = any(?::uuid[]) and p.kind = 'child' order by p.occurred_at`,
    [unit.workspaceId, masterIds],
  )
  return rows.map(toPending)
}

export async function putPending(unit: Unit, links: readonly PendingLink[]): Promise<void> {
  if (links.length === 0) return
  const rows = links.map((link) => ({
    ticket_id: link.ticketId,
    kind: link.kind,
    source: link.target.source,
    external_id: link.target.id,
    target_id: link.targetId,
    is_primary: link.primary,
    cause: link.cause,
    occurred_at: link.occurredAt,
  }))
  await rowsOf(
    unit,
    `insert into pending_link
        (workspace_id, ticket_id, kind, source, external_id, target_id, is_primary, cause, occurred_at)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, kind text, source text, external_id text,
        target_id uuid, is_primary boolean, cause jsonb, occurred_at timestamptz)
      on conflict (workspace_id, ticket_id, kind, source, external_id) do update set target_id = excluded.target_id,
        is_primary = excluded.is_primary, cause = excluded.cause, occurred_at = excluded.occurred_at`,
    [unit.workspaceId, recordset(rows)],
  )
}

export async function dropPending(unit: Unit, keys: readonly PendingKey[]): Promise<void> {
  if (keys.length === 0) return
  const rows = keys.map(({ ticketId, kind, target }) => ({ ticketId, kind, source: target.source, id: target.id }))
  await rowsOf(
    unit,
    `delete from pending_link p
      using jsonb_to_recordset(?::jsonb) as t ("ticketId" uuid, kind text, source text, id text)
      where p.workspace_id = ? and p.ticket_id = t."ticketId" and p.kind = t.kind and p.source = t.source
        and p.external_id = t.id`,
    [recordset(rows), unit.workspaceId],
  )
}

/** A newer primary declaration replaces those that still wait. */
export async function dropPendingPrimaries(unit: Unit, ticketIds: readonly string[]): Promise<void> {
  if (ticketIds.length === 0) return
  await rowsOf(unit, 'delete from pending_link where workspace_id = ? and ticket_id = any(?::uuid[]) and is_primary', [
    unit.workspaceId,
    ticketIds,
  ])
}

const toPending = (row: Row): PendingLink => ({
  ticketId: row.ticket_id,
  kind: row.kind,
  target: { source: row.source, id: row.external_id },
  targetId: row.target_id,
  primary: row.is_primary,
  cause: row.cause,
  occurredAt: row.occurred_at,
})
