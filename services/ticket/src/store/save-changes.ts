import {
  appendToOutbox,
  bigintArray,
  booleanArray,
  jsonbArray,
  type OutboxMessage,
  type Transaction,
  textArray,
  timestamptzArray,
  uuidArray,
} from '@umbel/messaging'
import { touched } from '@umbel/service-kit/store'
import { fieldChanges } from '../domain/audit.ts'
import type { Change } from '../domain/change.ts'
import type { Cause } from '../domain/words.ts'
import { toMicros } from './micros.ts'
import { keepSolved } from './solved-tickets.ts'
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
    const told = steps.map((change) => tell(workspaceId, change))
    await Promise.all([
      insertTickets(trx, workspaceId, opened),
      moveTickets(trx, workspaceId, moved),
      updateTickets(trx, workspaceId, changed),
      keepSolved(trx, workspaceId, steps),
      insertBodies(trx, workspaceId, steps),
      insertComments(trx, workspaceId, steps),
      insertAudit(trx, workspaceId, changes),
      appendToOutbox(trx, told),
    ])
  }

/** Facts that touch nothing of the row but status and version: of broadcasts, notes, closes and status pages. */
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

const commentsOf = (steps: readonly Change[]) =>
  steps.flatMap((change) =>
    change.facts.filter((fact) => fact.type === 'comment-added').map((fact) => ({ change, fact })),
  )

async function insertComments(trx: Transaction, workspaceId: string, steps: readonly Change[]): Promise<void> {
  const comments = commentsOf(steps)
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
      bigintArray(after.map(({ ticket }) => ticket.version)),
      uuidArray(facts.map(({ bodyId }) => bodyId)),
      booleanArray(facts.map((fact) => fact.public)),
      booleanArray(facts.map(({ broadcast }) => broadcast)),
      textArray(facts.map(({ author }) => author.kind)),
      textArray(facts.map(({ author }) => author.id)),
      textArray(facts.map(({ messageId }) => messageId ?? null)),
      jsonbArray(facts.map(({ values }) => (values ? JSON.stringify(values) : null))),
      timestamptzArray(after.map(({ occurredAt }) => toMicros(occurredAt))),
      timestamptzArray(after.map(({ recordedAt }) => recordedAt)),
    ],
  )
}

async function insertBodies(trx: Transaction, workspaceId: string, steps: readonly Change[]): Promise<void> {
  const bodies = commentsOf(steps).flatMap(({ fact: { bodyId, text } }) =>
    text === undefined ? [] : { id: bodyId, text },
  )
  if (bodies.length === 0) return
  await touched(
    trx,
    `insert into body (workspace_id, body_id, text)
     select ?::uuid, * from unnest(?::uuid[], ?::text[]) on conflict (workspace_id, body_id) do nothing`,
    [workspaceId, uuidArray(bodies.map(({ id }) => id)), textArray(bodies.map(({ text }) => text))],
  )
}

async function insertAudit(trx: Transaction, workspaceId: string, changes: readonly Change[]): Promise<void> {
  const { causes, places } = distinctCauses(changes)
  await touched(
    trx,
    `insert into audit_entry (workspace_id, ticket_id, version, cause, changes, note, occurred_at, recorded_at)
     select ?::uuid, u.ticket_id, nullif(u.version, 0), (?::jsonb[])[u.cause], u.changes, u.note, u.occurred_at,
       u.recorded_at
     from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::jsonb[], ?::text[], ?::timestamptz[], ?::timestamptz[])
       as u(ticket_id, version, cause, changes, note, occurred_at, recorded_at)`,
    [
      workspaceId,
      jsonbArray(causes),
      uuidArray(changes.map(({ ticket }) => ticket.id)),
      bigintArray(changes.map(({ ticket, facts }) => (facts.length === 0 ? 0 : ticket.version))),
      bigintArray(places),
      jsonbArray(changes.map(({ facts }) => JSON.stringify(facts.flatMap(fieldChanges)))),
      textArray(changes.map(({ note }) => note)),
      timestamptzArray(changes.map(({ occurredAt }) => toMicros(occurredAt))),
      timestamptzArray(changes.map(({ recordedAt }) => recordedAt)),
    ],
  )
}

/** Each cause once, and for each change where it is, counted from 1: all children of a page have the same. */
function distinctCauses(changes: readonly Change[]): { readonly causes: string[]; readonly places: number[] } {
  const placeOf = new Map<Cause, number>()
  const places = changes.map(({ cause }) => {
    const place = placeOf.get(cause) ?? placeOf.size + 1
    placeOf.set(cause, place)
    return place
  })
  return { causes: [...placeOf.keys()].map((cause) => JSON.stringify(cause)), places }
}
