import { forbidden, isUmbelError, unavailable } from '@umbel/kernel'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

/** Who calls, as a verified token says. */
export interface Caller {
  readonly kind: 'agent' | 'service' | 'operator'
  readonly id: string
  /** The one workspace of an agent's token; services and operators have none. */
  readonly workspaceId: string | null
  /** The agent on whose behalf: the caller itself, or whom a service names. */
  readonly actorId: string | null
}

/** Throws `forbidden` (`token-invalid`) for whatever is no good token of ours. */
export type TokenVerifier = (token: string) => Promise<Caller>

export interface VerifierOptions {
  /** The issuer's URL, exactly as its tokens say; its keys are found by discovery. */
  readonly issuer: string
  readonly audience: string
}

// the keys could not be had: nothing is known about the token
const KEYS_AWAY = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'])

// as Kerberos has it: a host whose clock is off by less still admits a token that was signed a moment ago
const CLOCKS_APART_S = 300

const invalidToken = (why: string, cause?: unknown) =>
  forbidden('token-invalid', `the token is not good: ${why}`, { cause })

/** Verifies tokens against the issuer's published keys, which are fetched once and again when an unknown key turns up. */
export function createVerifier({ issuer, audience }: VerifierOptions): TokenVerifier {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined
  const found = async () => {
    keys ??= discover(issuer)
    try {
      return await keys
    } catch (error) {
      keys = undefined // the issuer may be up by the next call
      throw error
    }
  }
  return async (token) => {
    const key = await found()
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCKS_APART_S,
      })
      return toCaller(payload)
    } catch (error) {
      if (isUmbelError(error)) throw error
      if (error instanceof errors.JOSEError && !KEYS_AWAY.has(error.code)) throw invalidToken(error.code, error)
      throw unavailable('issuer-away', `the issuer ${issuer} gives no keys`, { cause: error })
    }
  }
}

async function discover(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  try {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) })
    if (!response.ok) throw new Error(`discovery answered ${response.status}`)
    const { jwks_uri: uri } = (await response.json()) as { jwks_uri: string }
    return createRemoteJWKSet(new URL(uri))
  } catch (cause) {
    throw unavailable('issuer-away', `the issuer ${issuer} does not answer`, { cause })
  }
}

function toCaller(payload: JWTPayload): Caller {
  const { sub, umbel_kind: kind, umbel_workspace: workspace } = payload
  if (typeof sub !== 'string' || sub === '') throw invalidToken('it names nobody')
  if (kind === 'service' || kind === 'operator') return { kind, id: sub, workspaceId: null, actorId: null }
  if (kind !== 'agent' || typeof workspace !== 'string') throw invalidToken('it says no kind or workspace')
  return { kind, id: sub, workspaceId: workspace, actorId: sub }
}
