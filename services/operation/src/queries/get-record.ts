import { pageSize } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Acting } from '../commands/acting.ts'
import type { RecordLeaf } from '../store/record-leaves.ts'
import type { RecordEntry } from '../store/record-store.ts'
import { openLeaf } from '../store/sealed-leaf.ts'
import type { Session } from '../store/unit-of-work.ts'
import { getOperation, type ReadDeps } from './get-operation.ts'
import { type Page, seqOf, toPage } from './page.ts'
import { visibleTickets } from './visible-tickets.ts'

export interface GetRecord {
  readonly acting: Acting
  readonly operationId: string
  readonly pageSize: number
  readonly pageToken: string
}

/** A leaf as far as the viewer may read it: the hash always, the rest only of children that are visible and not erased. */
export interface ReadLeaf {
  readonly hash: Uint8Array
  readonly ticketId: string
  readonly salt: Uint8Array
  readonly content: string
}
export type ReadEntry = RecordEntry & { readonly leaves: readonly ReadLeaf[] }

const MOST = 20

/** The record of one operation, an entry after the other; a page of an operation comes with all its leaves. */
export const getRecord =
  (deps: ReadDeps) =>
  async (scope: Scope, query: GetRecord): Promise<Page<ReadEntry>> => {
    const operation = await getOperation(deps)(scope, query.acting, query.operationId)
    const limit = Math.min(pageSize(query.pageSize), MOST)
    const { entries, opened } = await deps.transact(scope, async (session) => {
      const entries = await session.record.list(operation.id, seqOf(query.pageToken), limit)
      const pages = entries.filter(({ what }) => what === 'page').map(({ seq }) => seq)
      return { entries, opened: await open(session, await session.record.leavesOf(operation.id, pages)) }
    })
    const ticketIds = opened.map(({ leaf }) => leaf.ticketId)
    const visible = await visibleTickets(deps, scope.workspaceId, query.acting, ticketIds)
    const read = opened.map(({ leaf, ...rest }) => ({
      seq: leaf.seq,
      leaf: visible(leaf.ticketId) ? rest.read : unread(leaf),
    }))
    const bySeq = Map.groupBy(read, ({ seq }) => seq)
    const withLeaves = entries.map((entry) => ({
      ...entry,
      leaves: (bySeq.get(entry.seq) ?? []).map(({ leaf }) => leaf),
    }))
    return toPage(withLeaves, limit)
  }

const NOTHING = { ticketId: '', salt: new Uint8Array(), content: '' }

/** A leaf that is not for whoever asks: what the chain needs of it, and no more. */
export const unread = ({ hash }: RecordLeaf): ReadLeaf => ({ hash, ...NOTHING })

export interface OpenedLeaf {
  readonly leaf: RecordLeaf
  readonly read: ReadLeaf
}

/** Opens what has a key left. */
export async function open({ keys }: Session, leaves: readonly RecordLeaf[]): Promise<OpenedLeaf[]> {
  const known = await keys.existing(leaves.map(({ requesterId }) => requesterId))
  return leaves.map((leaf) => {
    const opened = openLeaf(leaf.sealed, known.get(leaf.requesterId))
    const { salt, content } = opened ?? NOTHING
    return { leaf, read: { hash: leaf.hash, ticketId: leaf.ticketId, salt, content } }
  })
}
