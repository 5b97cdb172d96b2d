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
  /** The Message-ID of the recipient's latest mail; empty: none. */
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

/** What this child has sent before; nothing of any other ticket. */
export interface ThreadState {
  /** Oldest first, ten at most. */
  readonly sentIds: readonly SentId[]
  /** Who was owed a mail first, and alone knows the thread's root; left out: nobody yet. */
  readonly begunWith?: string
}

/** A Message-ID of ours, and whom it went to. */
export interface SentId {
  readonly messageId: string
  readonly recipientId: string
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
  /** Empty, as `references` is: it begins a thread. */
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
  const ours = idsFor(outgoing.recipientId, names.rootId, thread)
  const customer = isMessageId(outgoing.inReplyTo) ? outgoing.inReplyTo : undefined
  return {
    envelope: { from: names.envelopeFrom, to: [to.address, ...cc] },
    from: { name: headerText(`${outgoing.authorName} (${workspaceName})`), address: names.from },
    to,
    cc,
    replyTo: names.replyTo,
    subject: headerText(/^re:/i.test(outgoing.subject.trim()) ? outgoing.subject : `Re: ${outgoing.subject}`),
    messageId: names.messageId,
    inReplyTo: customer ?? ours[0] ?? '',
    references: [...new Set([...ours, ...(customer ? [customer] : [])])],
  }
}

/** So many earlier mails of a thread are named in the next. */
export const MAX_SENT = 10

/**
 * The thread as this recipient has it. Where a ticket was handed over, a mail system that serves both customers would
 * join what shares a Message-ID, and how many mails there were is the earlier one's affair.
 */
function idsFor(recipientId: string, rootId: string, { sentIds, begunWith = recipientId }: ThreadState): string[] {
  const sent = sentIds.filter((one) => one.recipientId === recipientId).map(({ messageId }) => messageId)
  return [...(begunWith === recipientId ? [rootId] : []), ...sent.slice(-MAX_SENT)]
}

export type CannotSend = 'not-found' | 'recipient-changed' | 'no-address' | 'bad-address'

/** Why nothing can be sent to the recipient it is owed to, or undefined. Nobody else gets what was meant for them. */
export function cannotSend(outgoing: Outgoing | undefined, recipientId: string): CannotSend | undefined {
  if (outgoing === undefined) return 'not-found'
  if (outgoing.recipientId !== recipientId) return 'recipient-changed'
  if (outgoing.recipientAddress === '') return 'no-address'
  return isMailAddress(outgoing.recipientAddress) ? undefined : 'bad-address'
}
