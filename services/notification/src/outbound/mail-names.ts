import { createHmac, createSecretKey } from 'node:crypto'
import type { NameMail } from '../commands/prepare-page.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 base32, lower case, no padding. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(held >> bits) & 31]
      held &= (1 << bits) - 1
    }
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31]
}

/**
 * Names made by HMAC-SHA256, cut to 128 bits: the same thing always has the same name, and nobody without the key can
 * make or read one. A reply address is `reply+{26 characters}@{mail domain}`, 32 of the 64 that a local part may have;
 * whose it is stands in the thread table, because two ids and a signature would not fit. A bounce address is the same
 * with the notification's own 26 characters behind.
 */
export function createMailNames(key: string): NameMail & { bounceToken(notificationId: string): string } {
  const secret = createSecretKey(key, 'utf8') // made once: with a bare key each name would cost five times as much
  const named = (...parts: readonly string[]): string =>
    base32(createHmac('sha256', secret).update(parts.join('\u0000')).digest().subarray(0, 16))
  const replyToken = (workspaceId: string, ticketId: string) => named('reply', workspaceId, ticketId)
  const bounceToken = (notificationId: string) => named('bounce', notificationId)
  return {
    replyToken,
    bounceToken,
    names: (workspaceId, ticketId, notificationId, mailDomain) => {
      const domain = safeDomain(mailDomain)
      return {
        messageId: `<n.${named('message', notificationId)}@${domain}>`,
        rootId: `<t.${named('root', workspaceId, ticketId)}@${domain}>`,
        replyTo: `reply+${replyToken(workspaceId, ticketId)}@${domain}`,
        envelopeFrom: `b+${replyToken(workspaceId, ticketId)}${bounceToken(notificationId)}@${domain}`,
        from: `support@${domain}`,
      }
    },
  }
}

const DOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i

/** `.invalid` never resolves (RFC 2606): a workspace without a sound domain sends, and hears no answers. */
const safeDomain = (domain: string): string => (DOMAIN.test(domain) ? domain.toLowerCase() : 'mail.invalid')
