import { authorize, conflict } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { step } from '../domain/change.ts'
import { decideComment } from '../domain/comment.ts'
import type { CheckedComment } from '../domain/comment-check.ts'
import type { Ticket } from '../domain/ticket.ts'
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
  readonly checked: CheckedComment
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
      if (command.public) requireChecked(ticket, command.checked)
      const author = actorRef(actor)
      const { overrideReason } = command.checked
      const comment = { ...command, overrideReason, commentId: newId(), bodyId: newId(), author }
      const facts = decideComment(ticket, comment, at)
      const change = step(ticket, facts, { cause: causeOf(actor, command.key), occurredAt: at, recordedAt })
      await session.tickets.save([change])
      const { version } = change.ticket
      const { commentId: id, ticketId, text } = comment
      const said = { id, ticketId, version, author, text, public: command.public }
      return { ...said, authorName: actor.name, broadcast: false, occurredAt: at }
    })

/** On a child of another master, or of somebody else, since the check it names other people than it was checked for. */
function requireChecked({ primaryMasterId, requesterId }: Ticket, checked: CheckedComment): void {
  if (primaryMasterId === null) return
  if (primaryMasterId !== checked.masterId)
    throw conflict('ticket-linked', 'the ticket became the child of a master at this moment; try again')
  if (requesterId !== checked.requesterId)
    throw conflict('requester-changed', 'the ticket was given to somebody else at this moment; try again')
}
