import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, type OutboxMessage, type Transaction } from '@umbel/messaging'
import { fieldChanges } from '../domain/audit.ts'
import type { Change } from '../domain/change.ts'
import type { CommentAdded } from '../domain/fact.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { Cause } from '../domain/words.ts'
import { microsToText, touched } from './sql.ts'
import { toRow } from './ticket-row.ts'
import type { SaveChanges } from './ticket-store.ts'

/** How a change is said to the world; the store does not know the wire. */
export type TellChange = (workspaceId: string, change: Change) => OutboxMessage

/**
 * Writes changes of locked or new tickets, one statement per table however many there are: state, bodies, comments,
 * audit, outbox. A change without facts leaves its audit entry only.
 */
export const saveChanges =
  (tell: TellChange): SaveChanges =>
  async (trx, workspaceId, changes) => {
    if (changes.length === 0) return
    const steps = changes.filter(({ facts }) => facts.length > 0)
    const { opened, moved } = lastStates(steps)
    await insertTickets(trx, workspaceId, opened)
    await updateTickets(trx, workspaceId, moved)
    await insertComments(trx, workspaceId, steps)
    await insertAudit(trx, workspaceId, changes)
    await appendToOutbox(
      trx,
      steps.map((change) => tell(workspaceId, change)),
    )
  }

function lastStates(steps: readonly Change[]) {
  const last = new Map<string, Change>()
  const fresh = new Set<string>()
  for (const change of steps) {
    last.set(change.ticket.id, change)
    if (change.facts[0]?.type === 'opened') fresh.add(change.ticket.id)
  }
  const all = [...last.values()]
  return {
    opened: all.filter(({ ticket }) => fresh.has(ticket.id)),
    moved: all.filter(({ ticket }) => !fresh.has(ticket.id)),
  }
}

const columns = `ticket_id, number, version, subject, status, priority, requester_id, assignee_id, group_id, customer_id,
  project_id, labels, fields, external_ids, master, created_at, updated_at, solved_at, closed_at, recorded_at`
const recordset = `json_to_recordset(?::json) as u(ticket_id uuid, number bigint, version bigint, subject text,
  status text, priority text, requester_id uuid, assignee_id uuid, group_id uuid, customer_id uuid, project_id uuid,
  labels text[], fields jsonb, external_ids jsonb, master boolean, created_at timestamptz, updated_at timestamptz,
  solved_at timestamptz, closed_at timestamptz, recorded_at timestamptz)`

const asJson = (changes: readonly Change[]): string =>
  JSON.stringify(changes.map(({ ticket, recordedAt }) => ticketRecord(ticket, recordedAt)))
const ticketRecord = (ticket: Ticket, recordedAt: number) => ({
  ...toRow(ticket),
  recorded_at: microsToText(recordedAt),
})

async function insertTickets(trx: Transaction, workspaceId: string, opened: readonly Change[]): Promise<void> {
  if (opened.length === 0) return
  await touched(
    trx,
    `insert into ticket (workspace_id, ${columns}, solved_recorded_at)
     select ?::uuid, ${columns}, case when status = 'solved' then recorded_at end from ${recordset}`,
    [workspaceId, asJson(opened)],
  )
}

// primary key; the rows are locked already
async function updateTickets(trx: Transaction, workspaceId: string, moved: readonly Change[]): Promise<void> {
  if (moved.length === 0) return
  await touched(
    trx,
    `update ticket t set version = u.version, subject = u.subject, status = u.status, priority = u.priority,
       requester_id = u.requester_id, assignee_id = u.assignee_id, group_id = u.group_id,
       customer_id = u.customer_id, project_id = u.project_id, labels = u.labels, fields = u.fields,
       updated_at = u.updated_at, solved_at = u.solved_at, closed_at = u.closed_at, recorded_at = u.recorded_at,
       solved_recorded_at = case when u.status <> 'solved' then null
         when t.status = 'solved' then t.solved_recorded_at else u.recorded_at end
     from ${recordset} where t.workspace_id = ? and t.ticket_id = u.ticket_id`,
    [asJson(moved), workspaceId],
  )
}

async function insertComments(trx: Transaction, workspaceId: string, steps: readonly Change[]): Promise<void> {
  const comments = steps.flatMap((change) =>
    change.facts.filter((fact) => fact.type === 'comment-added').map((fact) => ({ change, fact })),
  )
  await insertBodies(trx, workspaceId, comments)
  if (comments.length === 0) return
  await touched(
    trx,
    `insert into comment (workspace_id, ticket_id, comment_id, version, body_id, public, broadcast, author_kind,
       author_id, message_id, occurred_at, recorded_at)
     select ?::uuid, u.* from json_to_recordset(?::json) as u(ticket_id uuid, comment_id uuid, version bigint,
       body_id uuid, public boolean, broadcast boolean, author_kind text, author_id text, message_id text,
       occurred_at timestamptz, recorded_at timestamptz)`,
    [workspaceId, JSON.stringify(comments.map(({ change, fact }) => commentRecord(change, fact)))],
  )
}

const commentRecord = ({ ticket, occurredAt, recordedAt }: Change, fact: CommentAdded) => ({
  ticket_id: ticket.id,
  comment_id: fact.commentId,
  version: ticket.version,
  body_id: fact.bodyId,
  public: fact.public,
  broadcast: fact.broadcast,
  author_kind: fact.author.kind,
  author_id: fact.author.id,
  message_id: fact.messageId,
  occurred_at: occurredAt,
  recorded_at: microsToText(recordedAt),
})

async function insertBodies(
  trx: Transaction,
  workspaceId: string,
  comments: readonly { readonly fact: CommentAdded }[],
): Promise<void> {
  const bodies = comments.flatMap(({ fact }) => (fact.text === undefined ? [] : [{ id: fact.bodyId, text: fact.text }]))
  if (bodies.length === 0) return
  await touched(
    trx,
    `insert into body (workspace_id, body_id, text)
     select ?::uuid, * from unnest(?::uuid[], ?::text[]) on conflict (workspace_id, body_id) do nothing`,
    [workspaceId, bodies.map(({ id }) => id), bodies.map(({ text }) => text)],
  )
}

async function insertAudit(trx: Transaction, workspaceId: string, changes: readonly Change[]): Promise<void> {
  await touched(
    trx,
    `insert into audit_entry (workspace_id, ticket_id, entry_id, version, cause, changes, note, occurred_at,
       recorded_at)
     select ?::uuid, u.* from json_to_recordset(?::json) as u(ticket_id uuid, entry_id uuid, version bigint,
       cause jsonb, changes jsonb, note text, occurred_at timestamptz, recorded_at timestamptz)`,
    [workspaceId, JSON.stringify(changes.map(auditRecord))],
  )
}

const auditRecord = (change: Change) => ({
  ticket_id: change.ticket.id,
  entry_id: newId(),
  version: change.facts.length === 0 ? null : change.ticket.version,
  cause: change.cause satisfies Cause,
  changes: change.facts.flatMap(fieldChanges),
  note: change.note,
  occurred_at: change.occurredAt,
  recorded_at: microsToText(change.recordedAt),
})
