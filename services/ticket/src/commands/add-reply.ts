import { authorize, refused, withoutOverrides } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { step } from '../domain/change.ts'
import { decideComment } from '../domain/comment.ts'
import { type ActorRef, rootCause } from '../domain/words.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { requireService } from './acting.ts'
import { lockNamed } from './lock-named.ts'

export interface AddReply {
  readonly ticketId: string
  /** The mail's Message-ID: the same one is the same comment. */
  readonly messageId: string
  readonly text: string
  readonly senderAddress: string
}

/** A customer's mail as the requester's public comment; it opens a solved ticket again. */
export const addReply =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, command: AddReply): Promise<{ commentId: string; repeated: boolean }> =>
    transact(scope, async (session) => {
      requireService(caller)
      const actor = await session.actor(caller)
      const { ticket, recordedAt, at } = await lockNamed(session, command.ticketId)
      authorize(actor, 'comment-publicly', ticket)
      const { ticketId, messageId } = command
      const text = withoutOverrides(command.text)
      const commentId = idFrom('reply', ticketId, messageId)
      if (await session.comments.get(ticketId, commentId)) return { commentId, repeated: true }
      const author = await sender(session, command)
      const bodyId = idFrom('reply-body', ticketId, messageId)
      const facts = decideComment(ticket, { commentId, bodyId, text, public: true, author, messageId }, at)
      // the mail's own id names the customer's mail domain, and a cause travels to other tickets
      const cause = rootCause('user', commentId, author)
      await session.tickets.save([step(ticket, facts, { cause, occurredAt: at, recordedAt })])
      return { commentId, repeated: false }
    })

/** Only the ticket's requester may write by mail; who else knows the reply address is still a stranger. */
async function sender(session: Session, { ticketId, senderAddress }: AddReply): Promise<ActorRef> {
  const known = await session.outgoing.requesterAddress(ticketId)
  if (!known?.address || known.address.toLowerCase() !== senderAddress.trim().toLowerCase())
    throw refused('sender-unknown', 'the sender is not the requester of this ticket')
  return { kind: 'requester', id: known.requesterId }
}
