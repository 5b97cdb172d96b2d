import { toHtml, toLines } from '../domain/body.ts'
import type { Mail, Mailbox } from '../domain/mail.ts'

const CRLF = '\r\n'
// a hyphen never stands in base64, so no part can hold it
const BOUNDARY = '----part-of-this-message'
const KEPT_BODIES = 32

/** Writes mails as RFC 5322 text. The parts of a body are encoded once and shared by all mails that carry it. */
export function createMimeWriter(): (mail: Mail, body: string, at: Date) => string {
  const encoded = new Map<string, string>()
  const partsOf = (body: string): string => {
    const known = encoded.get(body)
    if (known !== undefined) return known
    if (encoded.size >= KEPT_BODIES) encoded.clear()
    const made = toParts(body)
    encoded.set(body, made)
    return made
  }
  return (mail, body, at) => headersOf(mail, at) + CRLF + CRLF + partsOf(body)
}

const toParts = (body: string): string =>
  [
    `--${BOUNDARY}`,
    ...partOf('text/plain', toLines(body)),
    `--${BOUNDARY}`,
    ...partOf('text/html', toHtml(body)),
    `--${BOUNDARY}--`,
    '',
  ].join(CRLF)

const partOf = (type: string, text: string): string[] => [
  `Content-Type: ${type}; charset=utf-8`,
  'Content-Transfer-Encoding: base64',
  '',
  ...(Buffer.from(text)
    .toString('base64')
    .match(/.{1,76}/g) ?? ['']),
]

function headersOf(mail: Mail, at: Date): string {
  return [
    `From: ${mailboxText(mail.from)}`,
    `To: ${mailboxText(mail.to)}`,
    ...(mail.cc.length === 0 ? [] : [`Cc: ${mail.cc.join(`,${CRLF} `)}`]),
    `Reply-To: ${mail.replyTo}`,
    `Subject: ${unstructured(mail.subject)}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${mail.messageId}`,
    ...(mail.inReplyTo === '' ? [] : [`In-Reply-To: ${mail.inReplyTo}`]),
    ...(mail.references.length === 0 ? [] : [`References: ${mail.references.join(`${CRLF} `)}`]),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`,
  ].join(CRLF)
}

function mailboxText({ name, address }: Mailbox): string {
  if (name === '') return `<${address}>`
  return `${isPlain(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : encodedWords(name)} <${address}>`
}

const unstructured = (text: string): string => (isPlain(text) ? text : encodedWords(text))

/** Printable ASCII that cannot be mistaken for an encoded word, short enough for one line. */
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text) && !text.includes('=?') && text.length <= 200

/** RFC 2047: words of at most 75 characters, cut between characters, one to a line. */
function encodedWords(text: string): string {
  const words: string[] = []
  let word = ''
  for (const char of text) {
    if (Buffer.byteLength(word + char) > 45) {
      words.push(word)
      word = ''
    }
    word += char
  }
  words.push(word)
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(`${CRLF} `)
}
