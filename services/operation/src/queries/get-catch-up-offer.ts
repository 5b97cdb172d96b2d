import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Acting, permitted, type Rights, requireMaster } from '../commands/acting.ts'
import { type JoinDeps, lateJoiners, pastBroadcasts } from '../commands/late-joiners.ts'
import type { PastBroadcast } from '../domain/catch-up.ts'

export type OfferDeps = Rights & JoinDeps

export interface MissedBroadcast {
  readonly operationId: string
  readonly startedAt: Date
  readonly text: string
  readonly lateJoiners: number
}
export interface CatchUpOffer {
  /** Oldest first; only what somebody has not got. */
  readonly missed: readonly MissedBroadcast[]
  readonly lateJoiners: number
}

/** What children that joined a master later have missed; nothing where everybody knows everything. */
export const getCatchUpOffer =
  (deps: OfferDeps) =>
  async (scope: Scope, acting: Acting, masterId: string): Promise<CatchUpOffer> => {
    const { workspaceId } = scope
    await permitted(deps, workspaceId, acting, 'read-operation')
    await requireMaster(deps, workspaceId, acting, requireId(masterId, 'master_id'))
    const broadcasts = await pastBroadcasts(deps, workspaceId, masterId, undefined)
    const counts = new Map<string, number>()
    let late = 0
    const asking = { workspaceId, actorId: acting.actorId }
    const wanted = { masterId, target: { kind: 'all' as const }, variables: [] }
    for await (const { children } of lateJoiners(deps, asking, wanted, broadcasts))
      for (const { missed = [], ticket } of children) {
        if (ticket?.status === 'closed' || missed.length === 0) continue
        late += 1
        for (const { operationId } of missed) counts.set(operationId, (counts.get(operationId) ?? 0) + 1)
      }
    return { lateJoiners: late, missed: broadcasts.flatMap((each) => offered(each, counts)) }
  }

const offered = (
  { operationId, startedAt, texts }: PastBroadcast,
  counts: ReadonlyMap<string, number>,
): MissedBroadcast[] => {
  const lateJoiners = counts.get(operationId) ?? 0
  return lateJoiners === 0 ? [] : [{ operationId, startedAt, text: texts[0]?.text ?? '', lateJoiners }]
}
