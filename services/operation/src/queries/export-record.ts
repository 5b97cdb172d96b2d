import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Acting, permitted } from '../commands/acting.ts'
import type { GetRequester } from '../commands/ports.ts'
import { merkleProof, merkleRoot } from '../store/record-hashes.ts'
import type { ReadDeps } from './get-operation.ts'
import { open, type ReadLeaf, unread } from './get-record.ts'

/** One child's leaf with what proves that it is in its page's root: hashes of the others, and nothing else of them. */
export interface ExportedLeaf {
  readonly operationId: string
  readonly seq: number
  readonly index: number
  readonly leaf: ReadLeaf
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
  /** How many leaves the root is over. */
  readonly leafCount: number
}

interface ExportDeps extends ReadDeps {
  readonly ticketRequester: GetRequester
}

/**
 * What all records say about one child, for its customer of today: what was written down of anybody else who had the
 * ticket, or while nobody had it, stays a hash.
 */
export const exportRecord =
  (deps: ExportDeps) =>
  async (scope: Scope, acting: Acting, ticketId: string): Promise<readonly ExportedLeaf[]> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'read-operation')
    requireId(ticketId, 'ticket_id')
    const requesterId = await deps.ticketRequester({ workspaceId, actorId: acting.actorId }, ticketId)
    return deps.transact(scope, async (session) => {
      const opened = await open(session, await session.record.ofTicket(ticketId))
      const exported: ExportedLeaf[] = []
      for (const { leaf, read } of opened) {
        const page = await session.record.leavesOf(leaf.operationId, [leaf.seq])
        const hashes = page.map(({ hash }) => hash)
        exported.push({
          operationId: leaf.operationId,
          seq: leaf.seq,
          index: leaf.index,
          leaf: requesterId !== '' && leaf.requesterId === requesterId ? read : unread(leaf),
          proof: merkleProof(hashes, leaf.index),
          root: merkleRoot(hashes),
          leafCount: hashes.length,
        })
      }
      return exported
    })
  }
