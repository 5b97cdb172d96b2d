import { createHash } from 'node:crypto'
import EmailReplyParser from 'email-reply-parser'
import PostalMime, { type Email } from 'postal-mime'
import { isMessageId } from '../domain/header.ts'
import { whyIgnored } from '../domain/incoming.ts'

/** A mail that came in, as far as we need to know it. */
export interface ReadMail {
  /** The mail's own; where it has none, one made from its bytes, so that a second delivery is known. */
  readonly messageId: string
  /** What the sender wrote, without what they quote. */
  readonly text: string
  /** Why nobody is to read it; undefined: it is a person's answer. */
  readonly ignored: string | undefined
}

const LONGEST_TEXT = 60_000
// the time to find quotes grows with the square of the text: a longer one is kept whole
const LONGEST_PARSED = 30_000
export const LIMITS = { maxNestingDepth: 30, maxHeadersSize: 128 * 1024 }

/** Reads a raw mail. Throws on what is no mail at all. */
export async function readMail(raw: Buffer, envelopeFrom: string, ownDomain: string): Promise<ReadMail> {
  refuseLaborious(raw)
  const email = await PostalMime.parse(raw, LIMITS)
  const messageId = messageIdOf(email, raw)
  const header = (name: string) => email.headers.find(({ key }) => key === name)?.value
  const headerNames = email.headers.map(({ key }) => key)
  const text = wordsOf(email)
  const ignored = whyIgnored({ envelopeFrom, messageId, header, headerNames, ownDomain })
  return { messageId, text, ignored: ignored ?? (text === '' ? 'empty' : undefined) }
}

// what a mail is taken apart at; the time it takes grows with the square of their number
const PARTING = /\n--|message\/rfc822/gi
const MOST_PARTINGS = 1_000
// a line takes some 8 µs of its own, however short it is; 10 MB of base64 have 140,000
const LINE_FEED = 0x0a
const MOST_LINES = 200_000

/** Throws on a mail that would take seconds or minutes to take apart, in which nothing else is answered. */
export function refuseLaborious(raw: Buffer): void {
  let found = 0
  for (const _ of raw.toString('latin1').matchAll(PARTING))
    if (++found > MOST_PARTINGS) throw new Error(`a mail of more than ${MOST_PARTINGS} parts`)
  let lines = 0
  for (let at = raw.indexOf(LINE_FEED); at >= 0; at = raw.indexOf(LINE_FEED, at + 1))
    if (++lines > MOST_LINES) throw new Error(`a mail of more than ${MOST_LINES} lines`)
}

function messageIdOf({ messageId = '' }: Email, raw: Buffer): string {
  if (isMessageId(messageId)) return messageId
  return `<${createHash('sha256').update(raw).digest('hex').slice(0, 40)}@without-message-id.invalid>`
}

function wordsOf(email: Email): string {
  const plain = (email.text ?? '').trim() === '' ? fromHtml(email.html ?? '') : (email.text ?? '')
  const readable = plain.toWellFormed().replaceAll('\u0000', '').replaceAll(/\r\n?/g, '\n').slice(0, LONGEST_TEXT)
  return (readable.length > LONGEST_PARSED ? readable : new EmailReplyParser().parseReply(readable)).trim()
}

const QUOTED = /<(blockquote|style|script|head)\b[\s\S]*?(<\/\1>|$)/gi
// a tag ends before the next one begins: without that, a mail of nothing but `<` takes minutes
const LINE_ENDS = /<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^<>]*>/gi
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The words of an HTML mail, without quoted blocks. */
function fromHtml(html: string): string {
  return html
    .slice(0, LONGEST_TEXT * 4)
    .replaceAll(QUOTED, '\n')
    .replaceAll(LINE_ENDS, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(\w+);/g, (entity, name: string) => entities[name.toLowerCase()] ?? entity)
    .replaceAll(/&#(\d{1,7});/g, (_, digits: string) => characterOf(Number(digits)))
}

const characterOf = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '')
