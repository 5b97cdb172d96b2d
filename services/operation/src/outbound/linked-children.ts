import { type LinkingService, LinkPurpose, statusWords, toWireStatus } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { RpcClient } from '@umbel/rpc'
import type { ListChildren } from '../commands/ports.ts'

/** The children that the master drives (LinkingService/ListChildren); contributing ones are another's. */
export const linkedChildren =
  (linking: RpcClient<typeof LinkingService>): ListChildren =>
  async ({ workspaceId, actorId }, { masterId, ticketIds, statuses, limit, after }) => {
    const { children, nextPageToken } = await linking.listChildren(
      {
        workspaceId,
        masterId,
        ticketIds: [...ticketIds],
        statuses: statuses.map(toStatus),
        pageSize: limit,
        pageToken: after,
        primaryOnly: true,
      },
      { actorId },
    )
    return {
      next: nextPageToken,
      children: children.map(({ ticketId, linkId, purpose }) => ({
        ticketId,
        linkId,
        followUp: purpose === LinkPurpose.FOLLOW_UP,
      })),
    }
  }

function toStatus(word: string) {
  const known = statusWords.find((each) => each === word)
  if (known === undefined) throw invalid('status-unknown', `status is one of ${statusWords.join(', ')}`)
  return toWireStatus(known)
}
