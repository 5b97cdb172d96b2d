import type { TokenOwner } from '../store/claimer.ts'
import type { Transact } from '../store/unit-of-work.ts'

/** A customer's answer, understood. */
export interface Reply {
  readonly owner: TokenOwner
  readonly messageId: string
  readonly senderAddress: string
  readonly text: string
}

/** Adds the reply to its ticket and answers once that is committed; the same Message-ID is the same comment. */
export type AddReply = (reply: Reply) => Promise<void>

export interface ReceivedReply extends Reply {
  /** Set where nobody is to read it: why. */
  readonly ignored: string | undefined
}

/**
 * Takes a mail that came to a child. The comment is added first and remembered here after: should we die in between,
 * the sender tries again and the ticket knows the Message-ID.
 */
export const receiveMail =
  (transact: Transact, addReply: AddReply) =>
  async ({ ignored, ...reply }: ReceivedReply): Promise<void> => {
    const { owner, messageId } = reply
    if (ignored === undefined) await addReply(reply)
    const outcome = ignored === undefined ? 'added' : 'ignored'
    await transact({ workspaceId: owner.workspaceId }, ({ threads }) =>
      threads.receive({ ticketId: owner.ticketId, messageId, outcome, reason: ignored ?? '' }),
    )
  }
