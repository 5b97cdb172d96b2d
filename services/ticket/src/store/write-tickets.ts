import { bigintArray, booleanArray, type Transaction, textArray, timestamptzArray, uuidArray } from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'
import type { Change } from '../domain/change.ts'
import { closedAt, solvedAt } from '../domain/ticket.ts'
import { microsToText, toMicros } from './micros.ts'
import { toRow } from './ticket-row.ts'

const columns = `ticket_id, number, version, subject, status, priority, requester_id, requester_version, house_notes, assignee_id,
  group_id, customer_id, project_id, labels, fields, external_ids, master, customer_waits, created_at, updated_at, solved_at, closed_at, recorded_at`
const recordset = `json_to_recordset(?::json) as u(ticket_id uuid, number bigint, version bigint, subject text,
  status text, priority text, requester_id uuid, requester_version bigint, house_notes int, assignee_id uuid, group_id uuid, customer_id uuid, project_id uuid,
  labels text[], fields jsonb, external_ids jsonb, master boolean, customer_waits boolean, created_at timestamptz,
  updated_at timestamptz, solved_at timestamptz, closed_at timestamptz, recorded_at timestamptz)`

/** Said beside the join: without it a plan made while the table was small reads all tickets of the workspace. */
const among = 't.ticket_id = any(?::uuid[])'
const idsOf = (changes: readonly Change[]) => uuidArray(changes.map(({ ticket }) => ticket.id))

const microsOrNull = (date: Date | null): number | null => (date ? toMicros(date) : null)

const asJson = (changes: readonly Change[]): string =>
  JSON.stringify(changes.map(({ ticket, recordedAt }) => ({ ...toRow(ticket), recorded_at: microsToText(recordedAt) })))

export async function insertTickets(trx: Transaction, workspaceId: string, opened: readonly Change[]): Promise<void> {
  if (opened.length === 0) return
  await touched(trx, `insert into ticket (workspace_id, ${columns}) select ?::uuid, ${columns} from ${recordset}`, [
    workspaceId,
    asJson(opened),
  ])
}

/** Status and version alone, for what changes nothing else: a third of the cost of the whole row. */
export async function moveTickets(trx: Transaction, workspaceId: string, moved: readonly Change[]): Promise<void> {
  if (moved.length === 0) return
  // primary key; the rows are locked already
  await touched(
    trx,
    `update ticket t set version = u.version, house_notes = u.house_notes, status = u.status, customer_waits = u.customer_waits,
       updated_at = u.updated_at, solved_at = u.solved_at, closed_at = u.closed_at, recorded_at = u.recorded_at
     from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::text[], ?::boolean[], ?::timestamptz[], ?::timestamptz[],
       ?::timestamptz[], ?::timestamptz[]) as u(ticket_id, version, house_notes, status, customer_waits, updated_at, solved_at, closed_at, recorded_at)
     where t.workspace_id = ? and ${among} and t.ticket_id = u.ticket_id`,
    [
      idsOf(moved),
      bigintArray(moved.map(({ ticket }) => ticket.version)),
      bigintArray(moved.map(({ ticket }) => ticket.houseNotes)),
      textArray(moved.map(({ ticket }) => ticket.status)),
      booleanArray(moved.map(({ ticket }) => ticket.customerWaits)),
      timestamptzArray(moved.map(({ ticket }) => toMicros(ticket.updatedAt))),
      timestamptzArray(moved.map(({ ticket }) => microsOrNull(solvedAt(ticket)))),
      timestamptzArray(moved.map(({ ticket }) => microsOrNull(closedAt(ticket)))),
      timestamptzArray(moved.map(({ recordedAt }) => recordedAt)),
      workspaceId,
      idsOf(moved),
    ],
  )
}

/** Form fields that were not read stay as they are. */
export async function updateTickets(trx: Transaction, workspaceId: string, changed: readonly Change[]): Promise<void> {
  if (changed.length === 0) return
  // primary key; the rows are locked already
  await touched(
    trx,
    `update ticket t set version = u.version, subject = u.subject, status = u.status, priority = u.priority,
       requester_id = u.requester_id, requester_version = u.requester_version, house_notes = u.house_notes, assignee_id = u.assignee_id, group_id = u.group_id,
       customer_id = u.customer_id, project_id = u.project_id, labels = u.labels, fields = coalesce(u.fields, t.fields),
       customer_waits = u.customer_waits, updated_at = u.updated_at, solved_at = u.solved_at, closed_at = u.closed_at, recorded_at = u.recorded_at
     from ${recordset} where t.workspace_id = ? and ${among} and t.ticket_id = u.ticket_id`,
    [asJson(changed), workspaceId, idsOf(changed)],
  )
}
