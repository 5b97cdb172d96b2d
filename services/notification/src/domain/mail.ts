import { headerText, isMailAddress, isMessageId } from './header.ts'

/** What the ticket says about one comment that is to be mailed. */
export interface Outgoing {
  readonly ticketId: string
  readonly commentId: string
  readonly subject: string
  readonly bodyId: string
  /** The ticket's requester now. */
  readonly recipientId: string
  readonly recipientName: string
  /** Empty: the requester has none. */
  readonly recipientAddress: string
  readonly ccAddresses: readonly string[]
  readonly authorName: string
  /** The Message-ID of the customer's latest mail; empty: none. */
  readonly inReplyTo: string
}

/** The mail names of one notification: keyed hashes, so that no id of ours can be read from them. */
export interface MailNames {
  readonly messageId: string
  readonly rootId: string
  readonly replyTo: string
  /** Unique to the notification, so that a bounce says what bounced. */
  readonly envelopeFrom: string
  /** `support@…`. */
  readonly from: string
}

/** What this child has sent and heard before; nothing of any other ticket. */
export interface ThreadState {
  /** Oldest first, ten at most. */
  readonly sentIds: readonly string[]
  /** Empty: none. */
  readonly customerMessageId: string
}

/** A person in a header. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** A mail as it is meant; every text is safe for a header line. */
export interface Mail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly from: Mailbox
  readonly to: Mailbox
  readonly cc: readonly string[]
  readonly replyTo: string
  readonly subject: string
  readonly messageId: string
  readonly inReplyTo: string
  readonly references: readonly string[]
}

/**
 * The mail of one child, from that child's words alone. Replies by an agent carry no Auto-Submitted: a person wrote
 * them, also when they went to many (RFC 3834).
 */
export function buildMail(outgoing: Outgoing, workspaceName: string, names: MailNames, thread: ThreadState): Mail {
  const to = { name: headerText(outgoing.recipientName), address: outgoing.recipientAddress }
  const cc = [...new Set(outgoing.ccAddresses)].filter((address) => isMailAddress(address) && address !== to.address)
  const customer = [outgoing.inReplyTo, thread.customerMessageId].find(isMessageId)
  return {
    envelope: { from: names.envelopeFrom, to: [to.address, ...cc] },
    from: { name: headerText(`${outgoing.authorName} (${workspaceName})`), address: names.from },
    to,
    cc,
    replyTo: names.replyTo,
    subject: headerText(/^re:/i.test(outgoing.subject.trim()) ? outgoing.subject : `Re: ${outgoing.subject}`),
    messageId: names.messageId,
    inReplyTo: customer ?? names.rootId,
    references: [...new Set([names.rootId, ...thread.sentIds.slice(-MAX_SENT), ...(customer ? [customer] : [])])],
  }
}

const MAX_SENT = 10

export type CannotSend = 'not-found' | 'recipient-changed' | 'no-address' | 'bad-address'

/** Why nothing can be sent to the recipient it is owed to, or undefined. Nobody else gets what was meant for them. */
export function cannotSend(outgoing: Outgoing | undefined, recipientId: string): CannotSend | undefined {
  if (outgoing === undefined) return 'not-found'
  if (outgoing.recipientId !== recipientId) return 'recipient-changed'
  if (outgoing.recipientAddress === '') return 'no-address'
  return isMailAddress(outgoing.recipientAddress) ? undefined : 'bad-address'
}
