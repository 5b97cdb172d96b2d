import { rowsOf, type Unit } from './sql.ts'

export interface MasterRow {
  readonly ticketId: string
  readonly since: Date
}

interface Row {
  ticket_id: string
  since: Date
  link_seq: string
}

/** Undefined: no master that this viewer may see. */
export async function readMaster(
  unit: Unit,
  ticketId: string,
  hiddenGroupIds: ReadonlySet<string>,
): Promise<(MasterRow & { readonly linkSeq: number }) | undefined> {
  const [row] = await rowsOf<Row>(
    unit,
    `select r.ticket_id, r.since, r.link_seq from ticket_role r
      join known_ticket k on k.workspace_id = r.workspace_id and k.ticket_id = r.ticket_id
      where r.workspace_id = ? and r.ticket_id = ? and r.master and (k.group_id is null or k.group_id <> all(?::uuid[]))`,
    [unit.workspaceId, ticketId, [...hiddenGroupIds]],
  )
  return row && { ticketId: row.ticket_id, since: row.since, linkSeq: Number(row.link_seq) }
}

/** Where a page of masters ended. */
export interface MasterPlace {
  readonly since: string
  readonly ticketId: string
}

// ticket_role_masters
/** A page of the masters a viewer may see, the youngest first. */
export async function readMasters(
  unit: Unit,
  {
    hiddenGroupIds,
    after,
    limit,
  }: { hiddenGroupIds: ReadonlySet<string>; after: MasterPlace | undefined; limit: number },
): Promise<(MasterRow & { readonly place: MasterPlace })[]> {
  const rows = await rowsOf<Row & { since_text: string }>(
    unit,
    `select r.ticket_id, r.since, r.since::text as since_text from ticket_role r
      join known_ticket k on k.workspace_id = r.workspace_id and k.ticket_id = r.ticket_id
      where r.workspace_id = ? and r.master and (k.group_id is null or k.group_id <> all(?::uuid[]))
        and (?::timestamptz is null or r.since < ?::timestamptz or (r.since = ?::timestamptz and r.ticket_id > ?::uuid))
      order by r.since desc, r.ticket_id limit ?`,
    [
      unit.workspaceId,
      [...hiddenGroupIds],
      after?.since ?? null,
      after?.since ?? null,
      after?.since ?? null,
      after?.ticketId ?? null,
      limit,
    ],
  )
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    since: row.since,
    place: { since: row.since_text, ticketId: row.ticket_id },
  }))
}

/** Every master of the workspace, by id. */
export async function masterIds(unit: Unit): Promise<string[]> {
  const rows = await rowsOf<{ ticket_id: string }>(
    unit,
    'select ticket_id from ticket_role where workspace_id = ? and master order by ticket_id',
    [unit.workspaceId],
  )
  return rows.map((row) => row.ticket_id)
}
