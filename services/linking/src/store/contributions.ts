import type { Contribution } from '../domain/contribution.ts'
import type { KnownTicket } from './known-tickets.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** What a child last contributed to a master, and the versions that rests on. */
export interface StoredContribution {
  readonly ticketId: string
  readonly masterId: string
  readonly linkId: string
  readonly contribution: Contribution
  readonly ticketVersion: number
  readonly repliedAt: Date | undefined
}

interface Row {
  ticket_id: string
  master_id: string
  link_id: string
  ticket_version: string
  status: Contribution['status']
  priority: Contribution['priority']
  group_id: string | null
  customer_id: string | null
  project_id: string | null
  purpose: Contribution['purpose']
  is_primary: boolean
  replied_at: Date | null
}

const columns = `ticket_id, master_id, link_id, ticket_version, status, priority, group_id, customer_id, project_id,
  purpose, is_primary, replied_at`

/** What these tickets contribute, locked in key order; most tickets contribute to nobody. */
export async function lockContributions(unit: Unit, ticketIds: readonly string[]): Promise<StoredContribution[]> {
  const rows = await rowsOf<Row>(
    unit,
    // one probe of the primary key for each: with `any` a plan made while the table was small reads the whole workspace
    `select c.* from unnest(?::uuid[]) as asked (ticket_id) cross join lateral (
       select ${columns} from child_contribution c
        where c.workspace_id = ? and c.ticket_id = asked.ticket_id order by c.master_id offset 0 for update) c`,
    [[...ticketIds].sort(), unit.workspaceId],
  )
  return rows.map(toContribution)
}

/** What a master's children contribute, locked in key order. */
export async function lockContributionsTo(unit: Unit, masterId: string): Promise<StoredContribution[]> {
  const rows = await rowsOf<Row>(
    unit,
    `select ${columns} from child_contribution where workspace_id = ? and master_id = ?
      order by ticket_id, master_id for update`,
    [unit.workspaceId, masterId],
  )
  return rows.map(toContribution)
}

/** Stores what children contribute from now on. */
export async function putContributions(unit: Unit, contributions: readonly StoredContribution[]): Promise<void> {
  if (contributions.length === 0) return
  await rowsOf(
    unit,
    `insert into child_contribution (workspace_id, ${columns})
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, master_id uuid, link_id uuid,
        ticket_version bigint, status text, priority text, group_id uuid, customer_id uuid, project_id uuid,
        purpose text, is_primary boolean, replied_at timestamptz)
      order by t.ticket_id, t.master_id
      on conflict (workspace_id, ticket_id, master_id) do update set link_id = excluded.link_id,
        ticket_version = excluded.ticket_version, status = excluded.status, priority = excluded.priority,
        group_id = excluded.group_id, customer_id = excluded.customer_id, project_id = excluded.project_id,
        purpose = excluded.purpose, is_primary = excluded.is_primary, replied_at = excluded.replied_at`,
    [unit.workspaceId, recordset(contributions.map(toRow))],
  )
}

export async function dropContributions(unit: Unit, pairs: readonly StoredContribution[]): Promise<void> {
  if (pairs.length === 0) return
  const keys = pairs.map(({ ticketId, masterId }) => ({ ticket_id: ticketId, master_id: masterId }))
  await rowsOf(
    unit,
    `delete from child_contribution c using jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, master_id uuid)
      where c.workspace_id = ? and c.ticket_id = t.ticket_id and c.master_id = t.master_id`,
    [recordset(keys), unit.workspaceId],
  )
}

/** What a ticket, as it is known, contributes over a link. */
export const contributionOf = (
  ticket: KnownTicket,
  link: { readonly linkId: string; readonly targetId: string } & Pick<Contribution, 'purpose' | 'primary'>,
): StoredContribution => ({
  ticketId: ticket.ticketId,
  masterId: link.targetId,
  linkId: link.linkId,
  ticketVersion: ticket.version,
  repliedAt: ticket.reply?.at,
  contribution: {
    status: ticket.status,
    priority: ticket.priority,
    groupId: ticket.groupId,
    customerId: ticket.customerId,
    projectId: ticket.projectId,
    purpose: link.purpose,
    primary: link.primary,
  },
})

const toRow = ({ ticketId, masterId, linkId, contribution, ticketVersion, repliedAt }: StoredContribution) => ({
  ticket_id: ticketId,
  master_id: masterId,
  link_id: linkId,
  ticket_version: ticketVersion,
  status: contribution.status,
  priority: contribution.priority,
  group_id: contribution.groupId,
  customer_id: contribution.customerId,
  project_id: contribution.projectId,
  purpose: contribution.purpose,
  is_primary: contribution.primary,
  replied_at: repliedAt ?? null,
})

const toContribution = (row: Row): StoredContribution => ({
  ticketId: row.ticket_id,
  masterId: row.master_id,
  linkId: row.link_id,
  ticketVersion: Number(row.ticket_version),
  repliedAt: row.replied_at ?? undefined,
  contribution: {
    status: row.status,
    priority: row.priority,
    groupId: row.group_id,
    customerId: row.customer_id,
    projectId: row.project_id,
    purpose: row.purpose,
    primary: row.is_primary,
  },
})
