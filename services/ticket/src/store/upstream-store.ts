import { jsonbArray, type Transaction, textArray, uuidArray } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { RefKind, Snapshot } from '../domain/snapshot.ts'

/** A ticket as one source knows it. */
export interface Subject {
  readonly source: string
  readonly subject: string
}

/** What a source said last: kept for ever, so that a replay long after changes nothing. */
export interface UpstreamRow extends Subject {
  readonly ticketId: string
  /** uint64. */
  readonly sequence: bigint
  readonly snapshot: Snapshot
}

export interface Ref {
  readonly source: string
  readonly kind: RefKind
  readonly externalId: string
}
export interface ResolvedRef extends Ref {
  readonly id: string
}

export interface UpstreamStore {
  /** The registered ones of these sources, with whether they may notify. */
  sources(names: readonly string[]): Promise<ReadonlyMap<string, boolean>>
  /** Under lock, in order. */
  lock(subjects: readonly Subject[]): Promise<readonly UpstreamRow[]>
  save(rows: readonly UpstreamRow[]): Promise<void>
  resolve(refs: readonly Ref[]): Promise<readonly ResolvedRef[]>
  remember(refs: readonly ResolvedRef[]): Promise<void>
  requestersByEmail(emails: readonly string[]): Promise<ReadonlyMap<string, string>>
}

interface StoredRow {
  readonly source: string
  readonly subject: string
  readonly ticket_id: string
  readonly sequence: string
  readonly snapshot: Snapshot
}

export function upstreamStore(trx: Transaction, workspaceId: string): UpstreamStore {
  return {
    // primary key
    async sources(names) {
      const found = await rows<{ source: string; notifies: boolean }>(
        trx,
        'select source, notifies from source where workspace_id = ? and source = any(?::text[])',
        [workspaceId, names],
      )
      return new Map(found.map(({ source, notifies }) => [source, notifies]))
    },
    lock: (subjects) => lockRows(trx, workspaceId, subjects),
    save: (changed) => saveRows(trx, workspaceId, changed),
    resolve: (refs) => resolveRefs(trx, workspaceId, refs),
    async remember(refs) {
      if (refs.length === 0) return
      await touched(
        trx,
        `insert into directory_upstream (workspace_id, source, kind, external_id, directory_id)
         select ?::uuid, * from unnest(?::text[], ?::text[], ?::text[], ?::uuid[]) on conflict do nothing`,
        [workspaceId, ...asColumns(refs), uuidArray(refs.map(({ id }) => id))],
      )
    },
    // requester_by_email
    async requestersByEmail(emails) {
      if (emails.length === 0) return new Map()
      const found = await rows<{ email: string; requester_id: string }>(
        trx,
        `select lower(email) as email, requester_id from requester
         where workspace_id = ? and lower(email) = any(?::text[])`,
        [workspaceId, emails.map((email) => email.toLowerCase())],
      )
      return new Map(found.map(({ email, requester_id: id }) => [email, id]))
    },
  }
}

const asColumns = (refs: readonly Ref[]) => [
  textArray(refs.map(({ source }) => source)),
  textArray(refs.map(({ kind }) => kind)),
  textArray(refs.map(({ externalId }) => externalId)),
]

// primary key
async function lockRows(
  trx: Transaction,
  workspaceId: string,
  subjects: readonly Subject[],
): Promise<readonly UpstreamRow[]> {
  // no join: planned while the table is small, it reads the whole workspace; a source's other names do no harm
  const found = await rows<StoredRow>(
    trx,
    `select u.source, u.subject, u.ticket_id, u.sequence, u.snapshot
     from ticket_upstream u
     where u.workspace_id = ? and u.source = any(?::text[]) and u.subject = any(?::text[])
     order by u.source, u.subject for no key update of u`,
    [workspaceId, textArray(subjects.map(({ source }) => source)), textArray(subjects.map(({ subject }) => subject))],
  )
  return found.map(({ ticket_id: ticketId, sequence, ...rest }) => ({ ...rest, ticketId, sequence: BigInt(sequence) }))
}

async function saveRows(trx: Transaction, workspaceId: string, changed: readonly UpstreamRow[]): Promise<void> {
  if (changed.length === 0) return
  await touched(
    trx,
    `insert into ticket_upstream (workspace_id, source, subject, ticket_id, sequence, snapshot)
     select ?::uuid, * from unnest(?::text[], ?::text[], ?::uuid[], ?::numeric[], ?::jsonb[])
     on conflict (workspace_id, source, subject)
     do update set sequence = excluded.sequence, snapshot = excluded.snapshot`,
    [
      workspaceId,
      textArray(changed.map(({ source }) => source)),
      textArray(changed.map(({ subject }) => subject)),
      uuidArray(changed.map(({ ticketId }) => ticketId)),
      changed.map(({ sequence }) => sequence.toString()),
      jsonbArray(changed.map(({ snapshot }) => JSON.stringify(snapshot))),
    ],
  )
}

// primary key
async function resolveRefs(
  trx: Transaction,
  workspaceId: string,
  refs: readonly Ref[],
): Promise<readonly ResolvedRef[]> {
  if (refs.length === 0) return []
  const found = await rows<{ source: string; kind: RefKind; external_id: string; directory_id: string }>(
    trx,
    `select d.source, d.kind, d.external_id, d.directory_id
     from directory_upstream d
     where d.workspace_id = ? and d.source = any(?::text[]) and d.kind = any(?::text[])
       and d.external_id = any(?::text[])`,
    [workspaceId, ...asColumns(refs)],
  )
  return found.map(({ external_id: externalId, directory_id: id, ...rest }) => ({ ...rest, externalId, id }))
}
