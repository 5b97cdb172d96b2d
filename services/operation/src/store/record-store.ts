import { byteaArray, type Transaction, uuidArray } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { ItemOutcome } from '../domain/operation.ts'
import { personKeys } from './person-keys.ts'
import { CHAIN_START, canonicalJson, entryHash, merkleRoot } from './record-hashes.ts'
import { sealLeaf } from './sealed-leaf.ts'

/** What is written down about an operation as a whole. */
export interface NewEntry {
  readonly what: string
  /** Empty: the house itself. */
  readonly actorId: string
  /** Ids, counts and digests; no customer's text. */
  readonly details: Readonly<Record<string, unknown>>
}

/** What became of one child in one step, and which text it got with which values. */
type NewLeaf = Pick<ItemOutcome, 'ticketId' | 'requesterId' | 'state' | 'reason' | 'version' | 'values'> & {
  readonly step: number
  /** Which text of the operation; 0: none. */
  readonly body: number
}

export interface RecordEntry {
  readonly seq: number
  readonly what: string
  readonly actorId: string
  readonly recordedAt: Date
  readonly content: string
  readonly previousHash: Uint8Array
  readonly hash: Uint8Array
}
export interface RecordLeaf {
  readonly operationId: string
  readonly seq: number
  readonly index: number
  readonly ticketId: string
  readonly requesterId: string
  readonly hash: Uint8Array
  readonly sealed: Uint8Array
}

export interface RecordStore {
  /** Appends to the operation's chain. The caller holds the operation's lock. */
  append(operationId: string, entry: NewEntry): Promise<void>
  /** Appends a page, a leaf for each child that has its outcome for good; what the step has recorded is left out. */
  appendPage(operationId: string, outcomes: readonly ItemOutcome[]): Promise<void>
  /** The latest entry that is no page's. */
  lastStanding(operationId: string): Promise<RecordEntry | undefined>
  list(operationId: string, afterSeq: number, limit: number): Promise<RecordEntry[]>
  leavesOf(operationId: string, seqs: readonly number[]): Promise<RecordLeaf[]>
  ofTicket(ticketId: string): Promise<RecordLeaf[]>
  /** Operations that hold leaves of this requester, with how many. */
  ofRequester(requesterId: string): Promise<{ readonly operationId: string; readonly leaves: number }[]>
}

export function recordStore(trx: Transaction, workspaceId: string): RecordStore {
  const last = async (operationId: string) => {
    // primary key, backwards
    const found = await row<EntryRow>(
      trx,
      'select * from operation_record where workspace_id = ? and operation_id = ? order by seq desc limit 1',
      [workspaceId, operationId],
    )
    return found && toEntry(found)
  }
  const append = async (operationId: string, { what, actorId, details }: NewEntry): Promise<number> => {
    const before = await last(operationId)
    const seq = (before?.seq ?? 0) + 1
    const clock = await row<{ at: Date }>(trx, "select date_trunc('milliseconds', clock_timestamp()) as at")
    const at = clock?.at ?? new Date(0)
    const content = canonicalJson({ workspaceId, operationId, seq, what, actorId, at: at.toISOString(), ...details })
    const previous = before?.hash ?? CHAIN_START
    await rows(
      trx,
      `insert into operation_record (workspace_id, operation_id, seq, what, actor_id, recorded_at, content,
                                     previous_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [workspaceId, operationId, seq, what, actorId, at, content, previous, entryHash(previous, content)],
    )
    return seq
  }
  return {
    async lastStanding(operationId) {
      // operation_record_standing, backwards
      const found = await row<EntryRow>(
        trx,
        `select * from operation_record where workspace_id = ? and operation_id = ? and what <> 'page'
          order by seq desc limit 1`,
        [workspaceId, operationId],
      )
      return found && toEntry(found)
    },
    append: async (operationId, entry) => void (await append(operationId, entry)),
    async appendPage(operationId, outcomes) {
      const fresh = await newLeaves(trx, workspaceId, operationId, outcomes)
      const [first] = fresh
      if (first === undefined) return
      const keys = await personKeys(trx, workspaceId).forWriting(fresh.map(({ requesterId }) => requesterId))
      const sealed = fresh.map((leaf) => sealLeaf(canonicalJson(leaf), keys.get(leaf.requesterId)))
      const root = Buffer.from(merkleRoot(sealed.map(({ hash }) => hash))).toString('hex')
      const details = { step: first.step, leaves: fresh.length, root }
      const seq = await append(operationId, { what: 'page', actorId: '', details })
      await insertLeaves(trx, workspaceId, operationId, { seq, fresh, sealed })
    },
    async list(operationId, afterSeq, limit) {
      // primary key
      const found = await rows<EntryRow>(
        trx,
        'select * from operation_record where workspace_id = ? and operation_id = ? and seq > ? order by seq limit ?',
        [workspaceId, operationId, afterSeq, limit],
      )
      return found.map(toEntry)
    },
    async leavesOf(operationId, seqs) {
      // primary key
      const found = await rows<LeafRow>(
        trx,
        `select * from operation_record_leaf where workspace_id = ? and operation_id = ? and seq = any (?::int[])
          order by seq, index`,
        [workspaceId, operationId, seqs],
      )
      return found.map(toLeaf)
    },
    async ofTicket(ticketId) {
      // operation_record_leaf_of_ticket
      const found = await rows<LeafRow>(
        trx,
        `select * from operation_record_leaf where workspace_id = ? and ticket_id = ? order by operation_id, seq`,
        [workspaceId, ticketId],
      )
      return found.map(toLeaf)
    },
    async ofRequester(requesterId) {
      // operation_record_leaf_of_requester
      const found = await rows<{ operation_id: string; n: number }>(
        trx,
        `select operation_id, count(*)::int as n from operation_record_leaf
          where workspace_id = ? and requester_id = ? group by operation_id order by operation_id`,
        [workspaceId, requesterId],
      )
      return found.map(({ operation_id, n }) => ({ operationId: operation_id, leaves: n }))
    },
  }
}

/** An item that failed may run again: it has no outcome for good. */
async function newLeaves(
  trx: Transaction,
  workspaceId: string,
  operationId: string,
  outcomes: readonly ItemOutcome[],
): Promise<NewLeaf[]> {
  const ended = new Map(outcomes.flatMap((each) => (each.state === 'failed' ? [] : [[each.ticketId, each]])))
  if (ended.size === 0) return []
  // the unique key on ticket_id, operation_record_leaf_once
  const found = await rows<{ ticket_id: string; body: number; step: number }>(
    trx,
    `select i.ticket_id, i.body, o.step from operation_item i
       join operation o using (workspace_id, operation_id)
       left join operation_record_leaf l
         on l.workspace_id = i.workspace_id and l.operation_id = i.operation_id
            and l.step = o.step and l.ticket_id = i.ticket_id
      where i.workspace_id = ? and i.operation_id = ? and i.ticket_id = any (?::uuid[]) and l.ticket_id is null
      order by i.seq`,
    [workspaceId, operationId, [...ended.keys()]],
  )
  return found.flatMap(({ ticket_id, body, step }) => {
    const outcome = ended.get(ticket_id)
    if (outcome === undefined) return []
    const { ticketId, requesterId, state, reason, version, values } = outcome
    return { ticketId, requesterId, state, reason, version, values, body, step }
  })
}

interface NewLeaves {
  readonly seq: number
  readonly fresh: readonly NewLeaf[]
  readonly sealed: readonly { readonly hash: Uint8Array; readonly sealed: Uint8Array }[]
}

async function insertLeaves(
  trx: Transaction,
  workspaceId: string,
  operationId: string,
  { seq, fresh, sealed }: NewLeaves,
): Promise<void> {
  await rows(
    trx,
    `insert into operation_record_leaf (workspace_id, operation_id, seq, step, index, ticket_id, requester_id, hash, sealed)
     select ?, ?, ?::int, step, at - 1, ticket_id, nullif(requester_id, '')::uuid, hash, sealed
       from unnest(?::int[], ?::uuid[], ?::text[], ?::bytea[], ?::bytea[]) with ordinality
         as leaf (step, ticket_id, requester_id, hash, sealed, at)`,
    [
      workspaceId,
      operationId,
      seq,
      fresh.map(({ step }) => step),
      uuidArray(fresh.map(({ ticketId }) => ticketId)),
      fresh.map(({ requesterId }) => requesterId),
      byteaArray(sealed.map(({ hash }) => hash)),
      byteaArray(sealed.map((leaf) => leaf.sealed)),
    ],
  )
}

interface EntryRow {
  readonly seq: number
  readonly what: string
  readonly actor_id: string
  readonly recorded_at: Date
  readonly content: string
  readonly previous_hash: Buffer
  readonly hash: Buffer
}
const toEntry = (found: EntryRow): RecordEntry => ({
  seq: found.seq,
  what: found.what,
  actorId: found.actor_id,
  recordedAt: found.recorded_at,
  content: found.content,
  previousHash: found.previous_hash,
  hash: found.hash,
})

interface LeafRow {
  readonly operation_id: string
  readonly seq: number
  readonly index: number
  readonly ticket_id: string
  readonly requester_id: string | null
  readonly hash: Buffer
  readonly sealed: Buffer
}
const toLeaf = (found: LeafRow): RecordLeaf => ({
  operationId: found.operation_id,
  seq: found.seq,
  index: found.index,
  ticketId: found.ticket_id,
  requesterId: found.requester_id ?? '',
  hash: found.hash,
  sealed: found.sealed,
})
