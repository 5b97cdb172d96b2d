import { type Actor, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Transact } from '../store/unit-of-work.ts'

export interface MarkNoticeRead {
  readonly actor: Actor
  readonly workspaceId: string
  readonly noticeId: string
}

/** Marks one of the agent's own notices as read; a second time changes nothing. Another agent's is unknown. */
export const markNoticeRead =
  (transact: Transact) =>
  async ({ actor, workspaceId, noticeId }: MarkNoticeRead): Promise<void> => {
    const found =
      isId(noticeId) &&
      isId(actor.id) &&
      (await transact({ workspaceId }, ({ notices }) => notices.markRead(actor.id, noticeId)))
    if (!found) throw notFound('not-found', 'no such notice of yours')
  }
