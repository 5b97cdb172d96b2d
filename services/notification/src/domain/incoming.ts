/** What decides whether a mail is a person's answer. */
export interface Incoming {
  /** Empty: the null sender of bounces. */
  readonly envelopeFrom: string
  readonly messageId: string
  /** The first value of a header by its lower-case name; undefined where there is none. */
  header(name: string): string | undefined
  readonly headerNames: readonly string[]
  /** The domain that the mail was sent to: ours. */
  readonly ownDomain: string
}

const OURS = /^<[nt]\.[a-z2-7]{16,}@([^>]+)>$/

/** Why a mail is accepted and not passed on; undefined for a person's answer. */
export function whyIgnored(mail: Incoming): string | undefined {
  if (mail.envelopeFrom === '') return 'null-sender'
  const automatic = mail.header('auto-submitted')
  if (automatic !== undefined && !/^no\b/i.test(automatic.trim())) return 'auto-submitted'
  if (/^\s*(bulk|list|junk)\s*$/i.test(mail.header('precedence') ?? '')) return 'precedence'
  if (mail.headerNames.some((name) => name.startsWith('list-'))) return 'mailing-list'
  const [, domain] = OURS.exec(mail.messageId) ?? []
  return domain?.toLowerCase() === mail.ownDomain.toLowerCase() ? 'own-mail' : undefined
}

/** The reply token or the bounce mark in an address of ours; undefined for any other address. */
export function readAddress(
  address: string,
): { readonly kind: 'reply' | 'bounce'; readonly token: string; readonly domain: string } | undefined {
  const [, kind, token = '', domain = ''] = /^(reply|b)\+([a-z2-7]{16,60})@([^@]+)$/i.exec(address) ?? []
  if (kind === undefined) return undefined
  return { kind: kind.toLowerCase() === 'b' ? 'bounce' : 'reply', token: token.toLowerCase(), domain }
}
