import type { LinkingEvent } from '../domain/events.ts'
import type { LinkChange, RoleChange } from '../domain/link-book.ts'
import { callPusher, graceOf, type PushedBy } from './push-channel.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** Gives every new child link the next number of its master, in the order in which they were made. */
export async function numberLinks(unit: Unit, changes: readonly LinkChange[]): Promise<Map<string, number>> {
  const begun = changes.flatMap(({ link, ended }) => (!ended && link.kind === 'child' ? [link] : []))
  if (begun.length === 0) return new Map()
  const counts = new Map<string, number>()
  for (const { targetId } of begun) counts.set(targetId, (counts.get(targetId) ?? 0) + 1)
  const rows = await rowsOf<{ ticket_id: string; before: string }>(
    unit,
    `update ticket_role r set link_seq = r.link_seq + t.count
      from jsonb_to_recordset(?::jsonb) as t (id uuid, count bigint)
      where r.workspace_id = ? and r.ticket_id = t.id
      returning r.ticket_id, r.link_seq - t.count as before`,
    [recordset([...counts].map(([id, count]) => ({ id, count }))), unit.workspaceId],
  )
  const last = new Map(rows.map((row) => [row.ticket_id, Number(row.before)]))
  return new Map(
    begun.map(({ linkId, targetId }) => {
      const seq = (last.get(targetId) ?? 0) + 1
      last.set(targetId, seq)
      return [linkId, seq]
    }),
  )
}

/** Writes roles and their history; the role's own version is its stream's. */
export async function writeRoles(
  unit: Unit,
  changes: readonly RoleChange[],
  pushedBy: PushedBy,
): Promise<LinkingEvent[]> {
  if (changes.length === 0) return []
  const given = recordset(
    changes.map(({ ticketId, master, reason, cause }) => ({ id: ticketId, master, reason, cause })),
  )
  const rows = await rowsOf<{ ticket_id: string; role_version: string }>(
    unit,
    `with moved as (
        update ticket_role r set master = t.master, role_version = r.role_version + 1, since = clock_timestamp(),
          push_due_at = clock_timestamp() + ?::interval, check_due_at = clock_timestamp()
        from jsonb_to_recordset(?::jsonb) as t (id uuid, master boolean, reason text, cause jsonb)
        where r.workspace_id = ? and r.ticket_id = t.id
        returning r.ticket_id, r.role_version, t.master, t.reason, t.cause),
      kept as (
        insert into role_change (workspace_id, ticket_id, role_version, master, reason, cause)
        select ?::uuid, ticket_id, role_version, master, reason, cause from moved)
      select ticket_id, role_version from moved`,
    [graceOf(pushedBy), given, unit.workspaceId, unit.workspaceId],
  )
  if (pushedBy === 'background') await callPusher(unit)
  const versions = new Map(rows.map((row) => [row.ticket_id, Number(row.role_version)]))
  return changes.map(({ ticketId, master, cause }) => ({
    type: 'role-changed',
    streamVersion: versions.get(ticketId) ?? 0,
    cause,
    ticketId,
    master,
  }))
}

export interface UnpushedRole {
  readonly ticketId: string
  readonly master: boolean
  readonly version: number
}

/** Roles among these tickets that ticket has not been told of. */
export async function unpushedRoles(unit: Unit, ticketIds: readonly string[]): Promise<UnpushedRole[]> {
  const rows = await rowsOf<{ ticket_id: string; master: boolean; role_version: string }>(
    unit,
    `select ticket_id, master, role_version from ticket_role
      where workspace_id = ? and ticket_id = any(?::uuid[]) and role_version > acknowledged_version`,
    [unit.workspaceId, ticketIds],
  )
  return rows.map((row) => ({ ticketId: row.ticket_id, master: row.master, version: Number(row.role_version) }))
}

/** Ticket knows the role as of this version. */
export async function acknowledgeRole(unit: Unit, { ticketId, version }: UnpushedRole): Promise<void> {
  await rowsOf(
    unit,
    `update ticket_role set acknowledged_version = greatest(acknowledged_version, ?)
      where workspace_id = ? and ticket_id = ?`,
    [version, unit.workspaceId, ticketId],
  )
}
