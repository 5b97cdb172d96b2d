import { refused } from '@umbel/kernel'
import type { CommentAdded, Fact } from './fact.ts'
import { checkText } from './text.ts'
import type { Ticket } from './ticket.ts'
import { refuseClosed } from './update.ts'
import type { ActorRef } from './words.ts'

export interface AddComment {
  readonly commentId: string
  readonly bodyId: string
  readonly text: string
  readonly public: boolean
  readonly author: ActorRef
  readonly messageId?: string
  /** Why it may name somebody else; empty: it does not. */
  readonly overrideReason?: string
}

/** The comment; a requester who writes to a solved ticket opens it again. */
export function decideComment(ticket: Ticket, command: AddComment, at: Date): Fact[] {
  refuseClosed(ticket)
  if (ticket.master && command.public)
    throw refused('master-is-internal', 'a master takes internal comments only; tell its customers by a broadcast')
  return [commentFact(command), ...reopened(ticket, command, at)]
}

/** The fact alone, its text checked. */
export function commentFact(command: AddComment): CommentAdded {
  return {
    type: 'comment-added',
    commentId: command.commentId,
    bodyId: command.bodyId,
    text: checkText(command.text, 'text'),
    public: command.public,
    author: command.author,
    broadcast: false,
    ...(command.messageId === undefined ? {} : { messageId: command.messageId }),
    ...(command.overrideReason ? { overrideReason: command.overrideReason } : {}),
  }
}

const reopened = (ticket: Ticket, { author }: AddComment, at: Date): Fact[] =>
  ticket.status === 'solved' && author.kind === 'requester'
    ? [{ type: 'status-changed', from: 'solved', to: 'open', at }]
    : []
