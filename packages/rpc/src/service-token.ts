import { unavailable } from '@umbel/kernel'

export interface ServiceTokenOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

const EARLY_MS = 30_000

/** A service's own token by client credentials, kept until 30 s before it expires; one request at a time. */
export function serviceToken(options: ServiceTokenOptions): () => Promise<string> {
  let kept: { readonly token: string; readonly until: number } | undefined
  let asking: Promise<string> | undefined
  const ask = async () => {
    const { token, lifetimeMs } = await request(options)
    kept = { token, until: Date.now() + lifetimeMs - EARLY_MS }
    return token
  }
  return () => {
    if (kept !== undefined && Date.now() < kept.until) return Promise.resolve(kept.token)
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

async function request({ issuer, clientId, clientSecret }: ServiceTokenOptions) {
  try {
    const found = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) })
    const { token_endpoint: endpoint } = (await found.json()) as { token_endpoint: string }
    const response = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`)
    const answer = (await response.json()) as { access_token: string; expires_in?: number }
    return { token: answer.access_token, lifetimeMs: (answer.expires_in ?? 60) * 1000 }
  } catch (cause) {
    throw unavailable('issuer-away', `the issuer ${issuer} gave no token for ${clientId}`, { cause })
  }
}
