import { canonicalJson } from '@umbel/kernel'
import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import { personKeys } from './person-keys.ts'
import { CHAIN_START, entryHash, merkleRoot } from './record-hashes.ts'
import { type EndedPage, insertLeaves, type LeafRow, newLeaves, type RecordLeaf, toLeaf } from './record-leaves.ts'
import { sealLeaf } from './sealed-leaf.ts'

/** What is written down about an operation as a whole. */
export interface NewEntry {
  readonly what: string
  /** Empty: the house itself. */
  readonly actorId: string
  /** Ids, counts and digests; no customer's text. */
  readonly details: Readonly<Record<string, unknown>>
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
/** Behind which entry the next one goes, and when that is. */
interface Place {
  readonly last: { readonly seq: number; readonly hash: Uint8Array }
  readonly at: Date
}
export interface OpenPage {
  readonly operationId: string
  readonly place: Place
  readonly keys: ReadonlyMap<string, Uint8Array>
}
export interface RecordStore {
  /** Appends to the operation's chain. The caller holds the operation's lock. */
  append(operationId: string, entry: NewEntry): Promise<void>
  /** Where the next page goes, and the keys that it is sealed with. The caller holds the operation's lock. */
  openPage(operationId: string, requesterIds: readonly string[]): Promise<OpenPage>
  /** Appends a page: a leaf for each of the items that ended just now, with the outcome they got. */
  appendPage(open: OpenPage, page: EndedPage): Promise<void>
  list(operationId: string, afterSeq: number, limit: number): Promise<RecordEntry[]>
  leavesOf(operationId: string, seqs: readonly number[]): Promise<RecordLeaf[]>
  /** How many outcomes are written down: one leaf for each, in each step. */
  countLeaves(operationId: string): Promise<number>
  ofTicket(ticketId: string): Promise<RecordLeaf[]>
  /** Operations that hold leaves of this requester, with how many. */
  ofRequester(requesterId: string): Promise<{ readonly operationId: string; readonly leaves: number }[]>
}

export function recordStore(trx: Transaction, workspaceId: string): RecordStore {
  const placeAfterLast = async (operationId: string): Promise<Place> => {
    // primary key, backwards
    const found = await row<{ readonly seq: number | null; readonly hash: Buffer | null; readonly at: Date }>(
      trx,
      `select entry.seq, entry.hash, date_trunc('milliseconds', clock_timestamp()) as at
         from (values (true)) as one left join lateral (
           select seq, hash from operation_record
            where workspace_id = ? and operation_id = ? order by seq desc limit 1) entry on true`,
      [workspaceId, operationId],
    )
    return { last: { seq: found?.seq ?? 0, hash: found?.hash ?? CHAIN_START }, at: found?.at ?? new Date(0) }
  }
  const append = async (operationId: string, { last, at }: Place, { what, actorId, details }: NewEntry) => {
    const seq = last.seq + 1
    const content = canonicalJson({ workspaceId, operationId, seq, what, actorId, at: at.toISOString(), ...details })
    await rows(
      trx,
      `insert into operation_record (workspace_id, operation_id, seq, what, actor_id, recorded_at, content,
                                     previous_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [workspaceId, operationId, seq, what, actorId, at, content, last.hash, entryHash(last.hash, content)],
    )
  }
  return {
    append: async (operationId, entry) => append(operationId, await placeAfterLast(operationId), entry),
    async openPage(operationId, requesterIds) {
      const [place, keys] = await Promise.all([
        placeAfterLast(operationId),
        personKeys(trx, workspaceId).forWriting(requesterIds),
      ])
      return { operationId, place, keys }
    },
    async appendPage({ operationId, place, keys }, page) {
      const fresh = newLeaves(page)
      if (fresh.length === 0) return
      const sealed = fresh.map((leaf) => sealLeaf(canonicalJson(leaf), keys.get(leaf.requesterId)))
      const root = Buffer.from(merkleRoot(sealed.map(({ hash }) => hash))).toString('hex')
      const details = { step: page.step, leaves: fresh.length, root }
      await Promise.all([
        append(operationId, place, { what: 'page', actorId: '', details }),
        insertLeaves(trx, workspaceId, operationId, { seq: place.last.seq + 1, fresh, sealed }),
      ])
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
    async countLeaves(operationId) {
      // primary key
      const counted = await row<{ n: number }>(
        trx,
        'select count(*)::int as n from operation_record_leaf where workspace_id = ? and operation_id = ?',
        [workspaceId, operationId],
      )
      return counted?.n ?? 0
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
