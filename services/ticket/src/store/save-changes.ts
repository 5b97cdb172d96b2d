import {
  appendToOutbox,
  jsonbArray,
  type OutboxMessage,
  type Transaction,
  textArray,
  uuidArray,
} from '@umbel/messaging'
import { fieldChanges } from '../domain/audit.ts'
import type { Change } from '../domain/change.ts'
import type { CommentAdded } from '../domain/fact.ts'
import { microsToText, touched } from './sql.ts'
import type { SaveChanges } from './ticket-store.ts'
import { insertTickets, moveTickets, updateTickets } from './write-tickets.ts'

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
    const { opened, moved, changed } = lastStates(steps)
    await insertTickets(trx, workspaceId, opened)
    await moveTickets(trx, workspaceId, moved)
    await updateTickets(trx, workspaceId, changed)
    await insertComments(trx, workspaceId, steps)
    await insertAudit(trx, workspaceId, changes)
    await appendToOutbox(
      trx,
      steps.map((change) => tell(workspaceId, change)),
    )
  }

/** Facts that touch nothing of the row but status and version: all that pages of operations do. */
const light: ReadonlySet<string> = new Set(['status-changed', 'comment-added', 'link-declared', 'link-withdrawn'])

function lastStates(steps: readonly Change[]) {
  const last = new Map<string, Change>()
  const fresh = new Set<string>()
  const heavy = new Set<string>()
  for (const change of steps) {
    const { id } = change.ticket
    last.set(id, change)
    if (change.facts[0]?.type === 'opened') fresh.add(id)
    else if (!change.facts.every(({ type }) => light.has(type))) heavy.add(id)
  }
  const all = [...last.values()]
  const known = all.filter(({ ticket }) => !fresh.has(ticket.id))
  return {
    opened: all.filter(({ ticket }) => fresh.has(ticket.id)),
    moved: known.filter(({ ticket }) => !heavy.has(ticket.id)),
    changed: known.filter(({ ticket }) => heavy.has(ticket.id)),
  }
}

async function insertComments(trx: Transaction, workspaceId: string, steps: readonly Change[]): Promise<void> {
  const comments = steps.flatMap((change) =>
    change.facts.filter((fact) => fact.type === 'comment-added').map((fact) => ({ change, fact })),
  )
  await insertBodies(trx, workspaceId, comments)
  if (comments.length === 0) return
  const facts = comments.map(({ fact }) => fact)
  const after = comments.map(({ change }) => change)
  await touched(
    trx,
    `insert into comment (workspace_id, ticket_id, comment_id, version, body_id, public, broadcast, author_kind,
       author_id, message_id, values, occurred_at, recorded_at)
     select ?::uuid, * from unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::uuid[], ?::boolean[], ?::boolean[],
       ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::timestamptz[], ?::timestamptz[])`,
    [
      workspaceId,
      uuidArray(after.map(({ ticket }) => ticket.id)),
      uuidArray(facts.map(({ commentId }) => commentId)),
      after.map(({ ticket }) => ticket.version),
      uuidArray(facts.map(({ bodyId }) => bodyId)),
      facts.map((fact) => fact.public),
      facts.map(({ broadcast }) => broadcast),
      facts.map(({ author }) => author.kind),
      facts.map(({ author }) => author.id),
      facts.map(({ messageId }) => messageId ?? null),
      facts.map(({ values }) => values ?? null),
      after.map(({ occurredAt }) => occurredAt.toISOString()),
      after.map(({ recordedAt }) => microsToText(recordedAt)),
    ],
  )
}

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
    [workspaceId, uuidArray(bodies.map(({ id }) => id)), textArray(bodies.map(({ text }) => text))],
  )
}

async function insertAudit(trx: Transaction, workspaceId: string, changes: readonly Change[]): Promise<void> {
  await touched(
    trx,
    `insert into audit_entry (workspace_id, ticket_id, version, cause, changes, note, occurred_at, recorded_at)
     select ?::uuid, * from unnest(?::uuid[], ?::bigint[], ?::jsonb[], ?::jsonb[], ?::text[], ?::timestamptz[],
       ?::timestamptz[])`,
    [
      workspaceId,
      uuidArray(changes.map(({ ticket }) => ticket.id)),
      changes.map(({ ticket, facts }) => (facts.length === 0 ? null : ticket.version)),
      jsonbArray(changes.map(({ cause }) => JSON.stringify(cause))),
      jsonbArray(changes.map(({ facts }) => JSON.stringify(facts.flatMap(fieldChanges)))),
      textArray(changes.map(({ note }) => note)),
      changes.map(({ occurredAt }) => occurredAt.toISOString()),
      changes.map(({ recordedAt }) => microsToText(recordedAt)),
    ],
  )
}
