import { notFound } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Acting, permitted } from '../commands/acting.ts'
import { merkleProof, merkleRoot } from '../store/record-hashes.ts'
import type { ReadDeps } from './get-operation.ts'
import { open, type ReadLeaf } from './get-record.ts'

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

/** What all records say about one child, for its customer. */
export const exportRecord =
  (deps: ReadDeps) =>
  async (scope: Scope, acting: Acting, ticketId: string): Promise<readonly ExportedLeaf[]> => {
    await permitted(deps, scope.workspaceId, acting, 'read-operation')
    requireId(ticketId, 'ticket_id')
    if (acting.actorId !== '') {
      const asking = { workspaceId: scope.workspaceId, actorId: acting.actorId }
      const { states } = await deps.ticketStates(asking, [ticketId])
      if (states.length === 0) throw notFound('not-found', 'no such ticket in this workspace')
    }
    return deps.transact(scope, async (session) => {
      const own = await open(session, await session.record.ofTicket(ticketId))
      const exported: ExportedLeaf[] = []
      for (const { leaf, read } of own) {
        const page = await session.record.leavesOf(leaf.operationId, [leaf.seq])
        const hashes = page.map(({ hash }) => hash)
        exported.push({
          operationId: leaf.operationId,
          seq: leaf.seq,
          index: leaf.index,
          leaf: read,
          proof: merkleProof(hashes, leaf.index),
          root: merkleRoot(hashes),
          leafCount: hashes.length,
        })
      }
      return exported
    })
  }
