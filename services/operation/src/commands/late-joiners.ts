import { missedBy, type PastBroadcast } from '../domain/catch-up.ts'
import type { PlannedChild } from '../domain/decide-item.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { type CandidatePage, candidates, type Wanted } from './plan-candidates.ts'
import type { Asking, GetTicketStates, ListChildren } from './ports.ts'

export interface JoinDeps {
  readonly transact: Transact
  readonly listChildren: ListChildren
  readonly ticketStates: GetTicketStates
}

/** The master's broadcasts that had reached everybody by then, oldest first. */
export const pastBroadcasts = (
  { transact }: Pick<JoinDeps, 'transact'>,
  workspaceId: string,
  masterId: string,
  closedBy: Date | undefined,
): Promise<PastBroadcast[]> =>
  transact({ workspaceId }, async ({ catchUps, operations }) => {
    await catchUps.lock(masterId) // a catch-up that is being begun is seen, or begins after this and is met at the start
    return catchUps.broadcasts(masterId, closedBy ?? (await operations.now()))
  })

/** Children that joined after one of the broadcasts, each with those it has not got. */
export async function* lateJoiners(
  deps: JoinDeps,
  asking: Asking,
  wanted: Omit<Wanted, 'aboveLinkSeq' | 'followUps'>,
  broadcasts: readonly PastBroadcast[],
): AsyncGenerator<CandidatePage> {
  if (broadcasts.length === 0) return
  const aboveLinkSeq = Math.min(...broadcasts.map(({ linkSeq }) => linkSeq))
  for await (const page of candidates(deps, asking, { ...wanted, aboveLinkSeq, followUps: false }))
    yield { ...page, children: await withMissed(deps, asking, wanted.masterId, page.children, broadcasts) }
}

function withMissed(
  { transact }: JoinDeps,
  { workspaceId }: Asking,
  masterId: string,
  children: readonly PlannedChild[],
  broadcasts: readonly PastBroadcast[],
): Promise<PlannedChild[]> {
  const ids = children.map(({ ticketId }) => ticketId)
  const operationIds = broadcasts.map(({ operationId }) => operationId)
  return transact({ workspaceId }, async ({ catchUps }) => {
    const got = Map.groupBy(await catchUps.received(operationIds, ids), ({ ticketId }) => ticketId)
    const caughtUp = new Map((await catchUps.caughtUp(masterId, ids)).map(({ ticketId, at }) => [ticketId, at]))
    return children.map((child) => {
      const received = new Set(got.get(child.ticketId)?.map(({ operationId }) => operationId))
      const heard = { linkSeq: child.linkSeq, received, caughtUpAt: caughtUp.get(child.ticketId) }
      return { ...child, missed: missedBy(broadcasts, heard) }
    })
  })
}
