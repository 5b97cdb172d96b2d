import type { Reply, TicketState } from '../domain/ticket.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

export interface KnownTicket extends Omit<TicketState, 'detail'> {
  readonly reply: Reply | undefined
}

interface Row {
  ticket_id: string
  version: string
  status: KnownTicket['status']
  priority: KnownTicket['priority']
  group_id: string | null
  customer_id: string | null
  project_id: string | null
  has_requester: boolean
  reply_comment_id: string | null
  replied_at: Date | null
}

/**
 * Remembers states and replies; the higher version wins, the later reply too. Rows are locked in id order whether they
 * change or not, so that a link made at the same moment sees this state or waits for it. Returns the tickets of which
 * something that counts in a rollup is new.
 */
export async function mergeTickets(
  unit: Unit,
  tickets: readonly { readonly state: TicketState; readonly reply: Reply | undefined }[],
): Promise<string[]> {
  const merged = await rowsOf<{ ticket_id: string; counts: boolean }>(
    unit,
    `insert into known_ticket as k (workspace_id, ticket_id, version, status, priority, group_id, customer_id, project_id,
        has_requester, reply_comment_id, replied_at, detail_version, requester_id, number, labels)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, version bigint, status text, priority text,
        group_id uuid, customer_id uuid, project_id uuid, has_requester boolean, reply_comment_id uuid,
        replied_at timestamptz, detail_version bigint, requester_id uuid, number bigint, labels text[])
      order by t.ticket_id
      on conflict (workspace_id, ticket_id) do update set
        version = greatest(k.version, excluded.version),
        status = case when excluded.version > k.version then excluded.status else k.status end,
        priority = case when excluded.version > k.version then excluded.priority else k.priority end,
        group_id = case when excluded.version > k.version then excluded.group_id else k.group_id end,
        customer_id = case when excluded.version > k.version then excluded.customer_id else k.customer_id end,
        project_id = case when excluded.version > k.version then excluded.project_id else k.project_id end,
        has_requester = case when excluded.version > k.version then excluded.has_requester else k.has_requester end,
        reply_comment_id = case when excluded.replied_at > coalesce(k.replied_at, '-infinity')
          then excluded.reply_comment_id else k.reply_comment_id end,
        replied_at = greatest(k.replied_at, excluded.replied_at),
        detail_version = greatest(k.detail_version, excluded.detail_version),
        requester_id = case when excluded.detail_version > k.detail_version then excluded.requester_id else k.requester_id end,
        number = case when excluded.detail_version > k.detail_version then excluded.number else k.number end,
        labels = case when excluded.detail_version > k.detail_version then excluded.labels else k.labels end
      where excluded.version > k.version or excluded.replied_at > coalesce(k.replied_at, '-infinity')
        or excluded.detail_version > k.detail_version
      returning ticket_id, (${counted('old')}) is distinct from (${counted('new')}) as counts`,
    [unit.workspaceId, recordset(tickets.map(toRow))],
  )
  return merged.flatMap(({ ticket_id, counts }) => (counts ? [ticket_id] : []))
}

const counted = (row: 'old' | 'new') =>
  ['status', 'priority', 'group_id', 'customer_id', 'project_id', 'replied_at']
    .map((name) => `${row}.${name}`)
    .join(', ')

/** The tickets among these that are known, in no order. */
export const findTickets = (unit: Unit, ids: readonly string[]): Promise<KnownTicket[]> => read(unit, ids, '')

/** The same, locked in id order. */
export const lockTickets = (unit: Unit, ids: readonly string[]): Promise<KnownTicket[]> =>
  read(unit, ids, 'order by ticket_id for update')

async function read(unit: Unit, ids: readonly string[], rest: string): Promise<KnownTicket[]> {
  if (ids.length === 0) return []
  const rows = await rowsOf<Row>(
    unit,
    `select ticket_id, version, status, priority, group_id, customer_id, project_id, has_requester, reply_comment_id, replied_at
      from known_ticket where workspace_id = ? and ticket_id = any(?::uuid[]) ${rest}`,
    [unit.workspaceId, ids],
  )
  return rows.map(toTicket)
}

const toRow = ({ state, reply }: { state: TicketState; reply: Reply | undefined }) => ({
  ticket_id: state.ticketId,
  version: state.version,
  status: state.status,
  priority: state.priority,
  group_id: state.groupId,
  customer_id: state.customerId,
  project_id: state.projectId,
  has_requester: state.hasRequester,
  reply_comment_id: reply?.commentId ?? null,
  replied_at: reply?.at ?? null,
  detail_version: state.detail ? state.version : 0,
  requester_id: state.detail?.requesterId ?? null,
  number: state.detail?.number ?? null,
  labels: state.detail?.labels ?? [],
})

const toTicket = (row: Row): KnownTicket => ({
  ticketId: row.ticket_id,
  version: Number(row.version),
  status: row.status,
  priority: row.priority,
  groupId: row.group_id,
  customerId: row.customer_id,
  projectId: row.project_id,
  hasRequester: row.has_requester,
  reply: row.reply_comment_id && row.replied_at ? { commentId: row.reply_comment_id, at: row.replied_at } : undefined,
})
