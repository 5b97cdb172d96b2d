import { forbidden, isUmbelError, UmbelError } from '@umbel/kernel'
import type { Caller } from '@umbel/rpc'
import type { Access } from './route.ts'

export interface Authenticated {
  readonly caller: Caller
  readonly token: string
}
export type Verify = (token: string) => Promise<Caller>

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i

/** Who knocks, by their bearer token; anything but a valid one of the right kind is refused. */
export async function authenticate(
  verify: Verify,
  access: Access,
  header: string | undefined,
): Promise<Authenticated | undefined> {
  if (access === 'public') return undefined
  const token = BEARER.exec(header ?? '')?.[1]
  if (token === undefined) throw unauthenticated('a bearer token is needed')
  const caller = await verified(verify, token)
  if (!mayKnock(caller, access)) throw forbidden('not-permitted', `this route is not for a ${caller.kind}`)
  return { caller, token }
}

async function verified(verify: Verify, token: string): Promise<Caller> {
  try {
    return await verify(token)
  } catch (thrown) {
    // the issuer being away is not the caller's fault
    if (isUmbelError(thrown) && thrown.kind === 'unavailable') throw thrown
    throw unauthenticated('the token is not valid here', thrown)
  }
}

const unauthenticated = (message: string, cause?: unknown): UmbelError =>
  new UmbelError('forbidden', 'token-invalid', message, { cause })

function mayKnock(caller: Caller, access: Access): boolean {
  if (caller.kind === 'operator') return access !== 'agent'
  return caller.kind === 'agent' && caller.workspaceId !== null && access !== 'operator'
}
