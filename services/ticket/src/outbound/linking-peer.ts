import { LinkingService } from '@umbel/contracts'
import { rpcClient } from '@umbel/rpc'
import type { FindLeaks } from '../queries/check-comment.ts'

/** What ticket asks of linking. */
export interface LinkingPeer {
  readonly findLeaks: FindLeaks
}

/** Somebody waits for their comment to be added. */
const DEADLINE_MS = 3_000

/** The linking service over gRPC, with ticket's own token. */
export function linkingPeer(address: string, token: () => Promise<string>): LinkingPeer & Disposable {
  const linking = rpcClient(LinkingService, { address, token, deadlineMs: DEADLINE_MS })
  return {
    async findLeaks(workspaceId, actorId, { masterId, ticketId, text }) {
      const { leaks } = await linking.findLeaks(
        { workspaceId, masterId, texts: [{ field: 'text', text }], receiverIds: [ticketId] },
        { actorId },
      )
      return leaks.map(({ phrase, kind, common }) => ({ phrase, kind, common }))
    },
    [Symbol.dispose]: () => linking[Symbol.dispose](),
  }
}
