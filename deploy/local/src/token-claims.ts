import { timingSafeEqual } from 'node:crypto'
import { idFrom, workspaceIdOf } from '@umbel/kernel/ids'

/** What everybody's password is on a developer's machine. */
export const DEV_PASSWORD = 'umbel'
/** What every service proves itself with on a developer's machine. */
export const DEV_SERVICE_SECRET = 'umbel-service'

/** A token request, with client credentials already taken from the body or the Authorization header. */
export interface TokenAsk {
  readonly grant: string
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
}

export type Claims = Readonly<Record<string, string>>
/** Claims for the token, or the OAuth error that refuses it (RFC 6749 §5.2). */
export type Answer = { readonly claims: Claims } | { readonly error: string }

const AGENT = /^([a-z0-9][a-z0-9._-]*)@([a-z0-9][a-z0-9-]*)$/
const SERVICE = /^[a-z][a-z-]*$/

/** Who gets which claims: agents as `name@workspace`, the operator, and services by their own name. */
export function answerToken(ask: TokenAsk): Answer {
  if (ask.grant === 'password')
    return same(ask.password, DEV_PASSWORD) ? person(ask.username ?? '') : { error: 'invalid_grant' }
  if (ask.grant !== 'client_credentials') return { error: 'unsupported_grant_type' }
  const known = SERVICE.test(ask.clientId ?? '') && same(ask.clientSecret, DEV_SERVICE_SECRET)
  if (!known) return { error: 'invalid_client' }
  return { claims: { sub: ask.clientId ?? '', umbel_kind: 'service', aud: 'umbel' } }
}

function person(username: string): Answer {
  if (username === 'operator') return { claims: { sub: 'operator', umbel_kind: 'operator', aud: 'umbel' } }
  const [, name, slug] = AGENT.exec(username) ?? []
  if (name === undefined || slug === undefined) return { error: 'invalid_grant' }
  const workspaceId = workspaceIdOf(slug)
  const sub = idFrom('agent', workspaceId, name)
  return { claims: { sub, umbel_kind: 'agent', umbel_workspace: workspaceId, name, aud: 'umbel' } }
}

function same(given: string | undefined, secret: string): boolean {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(secret)]
  return left.length === right.length && timingSafeEqual(left, right)
}
