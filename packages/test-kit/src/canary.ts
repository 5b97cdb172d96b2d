import { randomBytes } from 'node:crypto'

const MARK = 'cnry'
const TOKEN = new RegExp(`${MARK}[0-9a-f]{20}`, 'gi') // mail addresses and names may come back in another case
const BASE64_RUN = /[A-Za-z0-9+/_-]{32,}={0,2}/g

/** A random word that occurs nowhere else: put one in every name, address, subject and body, then scan what came out. */
export const canaryToken = (): string => `${MARK}${randomBytes(10).toString('hex')}`

/** The tokens in a text or in bytes that are not among the allowed ones, each once; base64 and soft line breaks are seen through. */
export function scan(content: string | Uint8Array, allowed: Iterable<string>): string[] {
  const expected = new Set(allowed)
  return [...tokensIn(content)].filter((token) => !expected.has(token))
}

/** Remembers whose each token is, so that a finding can name the owner who was leaked. */
export interface Canaries {
  /** A new token of this owner: `acme/ticket-7`. */
  token(owner: string): string
  tokensOf(...owners: readonly string[]): string[]
  /** Findings in a text that may hold only these owners' tokens, as `owner: token`. */
  foreign(content: string | Uint8Array, ...owners: readonly string[]): string[]
}

export function createCanaries(): Canaries {
  const owners = new Map<string, string>()
  const tokensOf = (...asked: readonly string[]) =>
    [...owners].flatMap(([token, owner]) => (asked.includes(owner) ? token : []))
  return {
    tokensOf,
    token(owner) {
      const token = canaryToken()
      owners.set(token, owner)
      return token
    },
    foreign: (content, ...asked) =>
      scan(content, tokensOf(...asked)).map((token) => `${owners.get(token) ?? 'nobody known'}: ${token}`),
  }
}

function tokensIn(content: string | Uint8Array): Set<string> {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1')
  const unwrapped = text.replaceAll(/=\r?\n/g, '')
  const base64 = text.replaceAll(/\r?\n/g, '').match(BASE64_RUN) ?? []
  const decoded = base64.flatMap((run) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('latin1')),
  )
  const found = [text, unwrapped, ...decoded].flatMap((view) => view.match(TOKEN) ?? [])
  return new Set(found.map((token) => token.toLowerCase()))
}
