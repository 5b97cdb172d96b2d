import { LinkingService } from '@umbel/contracts'
import { isUmbelError, unavailable } from '@umbel/kernel'
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
      const asked = { workspaceId, masterId, texts: [{ field: 'text', text }], receiverIds: [ticketId] }
      const { leaks } = await linking.findLeaks(asked, { actorId }).catch(notThereYet)
      return leaks.map(({ phrase, kind, common }) => ({ phrase, kind, common }))
    },
    [Symbol.dispose]: () => linking[Symbol.dispose](),
  }
}

/** Linking knows a moment later than ticket whose child it is, and who may see it. */
function notThereYet(error: unknown): never {
  if (!isUmbelError(error) || error.kind !== 'not-found') throw error
  throw unavailable('leak-check-behind', 'the leak check has not heard of the ticket as it is now', { cause: error })
}
