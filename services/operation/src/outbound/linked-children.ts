import { type LinkingService, LinkPurpose, statusWords, toWireStatus } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { RpcClient } from '@umbel/rpc'
import type { FindLeaks, ListChildren } from '../commands/ports.ts'

// the longest text over 100,000 children
const LEAKS_MS = 20_000

type Linking = RpcClient<typeof LinkingService>

/** The children that the master drives (LinkingService/ListChildren); contributing ones are another's. */
export const linkedChildren =
  (linking: Linking): ListChildren =>
  async ({ workspaceId, actorId }, { masterId, ticketIds, filter, aboveLinkSeq, limit, after }) => {
    const asked = {
      workspaceId,
      masterId,
      ticketIds: [...ticketIds],
      statuses: filter.statuses.map(toStatus),
      labels: [...filter.labels],
      customerIds: [...filter.customerIds],
      projectIds: [...filter.projectIds],
      slaStates: [...filter.slaStates],
      aboveLinkSeq: BigInt(aboveLinkSeq),
      pageSize: limit,
      pageToken: after,
      primaryOnly: true,
    }
    const { children, linkSeqHighWater, nextPageToken } = await linking.listChildren(asked, { actorId })
    return {
      next: nextPageToken,
      linkSeqHighWater: Number(linkSeqHighWater),
      children: children.map(({ ticketId, linkId, linkSeq, purpose }) => ({
        ticketId,
        linkId,
        linkSeq: Number(linkSeq),
        followUp: purpose === LinkPurpose.FOLLOW_UP,
      })),
    }
  }

function toStatus(word: string) {
  const known = statusWords.find((each) => each === word)
  if (known === undefined) throw invalid('status-unknown', `status is one of ${statusWords.join(', ')}`)
  return toWireStatus(known)
}

/** What texts give away, by linking's index of phrases (LinkingService/FindLeaks). */
export const findLeaks =
  (linking: Linking): FindLeaks =>
  async ({ workspaceId, actorId }, { masterId, texts, receiverIds }) => {
    const asked = { workspaceId, masterId, texts: [...texts], receiverIds: [...receiverIds] }
    const { leaks } = await linking.findLeaks(asked, { actorId, deadlineMs: LEAKS_MS })
    return leaks.map(({ field, phrase, kind, common }) => ({ field, phrase, kind, common }))
  }
