import { forbidden, isUmbelError, refused } from '@umbel/kernel'
import { request } from './api.ts'
import type { Settings } from './settings.ts'

const CLIENT_ID = 'umbel-cli'
// asked for again a little before it ends, so that no request carries a token that ends on the way
const EARLY_MS = 30_000

interface Granted {
  readonly access_token: string
  readonly expires_in?: number
}

/** A token for this login, asked for once and kept while it is good. */
export function signIn(settings: Settings, username: string): () => Promise<string> {
  let held: { readonly token: string; readonly until: number } | undefined
  return async () => {
    if (held !== undefined && held.until > Date.now()) return held.token
    const granted = await grant(settings, username)
    held = { token: granted.access_token, until: Date.now() + (granted.expires_in ?? 300) * 1000 - EARLY_MS }
    return held.token
  }
}

async function grant({ issuer, password }: Settings, username: string): Promise<Granted> {
  if (issuer === undefined)
    throw refused('no-issuer', 'nobody to sign in with: set OIDC_ISSUER, or UMBEL_TOKEN to use a token as it is')
  const discovery = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const { token_endpoint: endpoint } = await request<{ token_endpoint: string }>(discovery, {})
  const body = new URLSearchParams({ grant_type: 'password', client_id: CLIENT_ID, username, password })
  return request<Granted>(new URL(endpoint), { method: 'POST', body }).catch((cause: unknown) => {
    if (!isUmbelError(cause) || cause.kind === 'unavailable') throw cause
    throw forbidden('sign-in-refused', refusal(issuer, username), { cause })
  })
}

const refusal = (issuer: string, username: string): string =>
  `${issuer} does not let ${username} in: set UMBEL_PASSWORD to the right password, or UMBEL_TOKEN to a token`
