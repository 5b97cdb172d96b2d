import { authorize, checkOverrideReason, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type CheckedComment, judgeComment, type Leak, unchecked } from '../domain/comment-check.ts'
import { checkText } from '../domain/text.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Read } from '../store/read-side.ts'

export interface CommentToCheck {
  readonly ticketId: string
  readonly public: boolean
  readonly text: string
  readonly overrideReason: string
}

export interface LeakQuery {
  readonly masterId: string
  /** The child whose customer reads the text. */
  readonly ticketId: string
  readonly text: string
}

/** What a text gives away, as the actor may know it (LinkingService/FindLeaks); without actor: all of it. */
export type FindLeaks = (workspaceId: string, actorId: string, query: LeakQuery) => Promise<readonly Leak[]>

/**
 * Looks at a public comment on a child before it is added, outside of any transaction: another service is asked. Throws
 * `refused` (`text-leaks`) where it names a sibling or the master, and `unavailable` where nobody can tell.
 */
export const checkComment =
  (read: Read, findLeaks: FindLeaks) =>
  async (scope: Scope, caller: Caller, comment: CommentToCheck): Promise<CheckedComment> => {
    const overrideReason = checkOverrideReason(comment.overrideReason)
    if (!comment.public) return unchecked
    const text = checkText(comment.text, 'text')
    const { primaryMasterId: masterId, requesterId } = await read(scope, async ({ actor, tickets }) => {
      const found = isId(comment.ticketId) ? await tickets.byIds([comment.ticketId]) : undefined
      const ticket = found?.get(comment.ticketId)
      if (!ticket) throw notFound('not-found', 'no such ticket in this workspace')
      authorize(await actor(caller), 'comment-publicly', ticket)
      return ticket
    })
    if (masterId === null) return unchecked
    const leaks = await findLeaks(scope.workspaceId, caller.actorId ?? '', {
      masterId,
      ticketId: comment.ticketId,
      text,
    })
    return judgeComment({ masterId, requesterId }, text, leaks, overrideReason)
  }
