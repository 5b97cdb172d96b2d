import { byteaArray, type Transaction, uuidArray } from '@umbel/messaging'
import { rows } from '@umbel/service-kit/store'
import type { ItemOutcome } from '../domain/operation.ts'
import type { EndedItem } from './item-store.ts'

/** What became of one child in one step, and which text it got with which values. */
type NewLeaf = Pick<ItemOutcome, 'ticketId' | 'requesterId' | 'state' | 'reason' | 'version' | 'values'> & {
  readonly step: number
  /** Which text of the operation; 0: none. */
  readonly body: number
}

/** One child's part of a page, as it is kept. */
export interface RecordLeaf {
  readonly operationId: string
  readonly seq: number
  readonly index: number
  readonly ticketId: string
  readonly requesterId: string
  readonly hash: Uint8Array
  readonly sealed: Uint8Array
}

/** Outcomes of a step, and the items that got theirs just now. */
export interface EndedPage {
  readonly step: number
  readonly outcomes: readonly ItemOutcome[]
  readonly ended: readonly EndedItem[]
}

/** What is to be written down of the outcomes that items got just now; what failed may run again. */
export function newLeaves({ step, outcomes, ended }: EndedPage): NewLeaf[] {
  const bodies = new Map(ended.map(({ ticketId, body }) => [ticketId, body]))
  return outcomes.flatMap(({ ticketId, requesterId, state, reason, version, values }) => {
    const body = bodies.get(ticketId)
    if (body === undefined || state === 'failed') return []
    return { ticketId, requesterId, state, reason, version, values, body, step }
  })
}

interface NewLeaves {
  readonly seq: number
  readonly fresh: readonly NewLeaf[]
  readonly sealed: readonly { readonly hash: Uint8Array; readonly sealed: Uint8Array }[]
}

/** Writes a page's leaves down, in their order. */
export async function insertLeaves(
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

export interface LeafRow {
  readonly operation_id: string
  readonly seq: number
  readonly index: number
  readonly ticket_id: string
  readonly requester_id: string | null
  readonly hash: Buffer
  readonly sealed: Buffer
}
export const toLeaf = (found: LeafRow): RecordLeaf => ({
  operationId: found.operation_id,
  seq: found.seq,
  index: found.index,
  ticketId: found.ticket_id,
  requesterId: found.requester_id ?? '',
  hash: found.hash,
  sealed: found.sealed,
})
