import { authorize } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { step } from '../domain/change.ts'
import { decideComment } from '../domain/comment.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Comment } from '../store/comment-read.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { actorRef, causeOf, requireVersion } from './acting.ts'
import { lockNamed } from './lock-named.ts'

export interface AddComment {
  readonly ticketId: string
  readonly public: boolean
  readonly text: string
  readonly expectedVersion: number
  readonly key: string
}

/** An agent's comment, public or internal. */
export const addComment =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, command: AddComment): Promise<Comment> =>
    transact(scope, async (session) => {
      const actor = await session.actor(caller)
      const { ticket, recordedAt, at } = await lockNamed(session, command.ticketId)
      authorize(actor, command.public ? 'comment-publicly' : 'comment-internally', ticket)
      requireVersion(ticket, command.expectedVersion)
      const author = actorRef(actor)
      const comment = { ...command, commentId: newId(), bodyId: newId(), author }
      const facts = decideComment(ticket, comment, at)
      const change = step(ticket, facts, { cause: causeOf(actor, command.key), occurredAt: at, recordedAt })
      await session.tickets.save([change])
      const { version } = change.ticket
      const { commentId: id, ticketId, text } = comment
      const said = { id, ticketId, version, author, text, public: command.public }
      return { ...said, authorName: actor.name, broadcast: false, occurredAt: at }
    })
