import type { Message } from '@bufbuild/protobuf'
import type { Metadata } from '@grpc/grpc-js'
import { forbidden } from '@umbel/kernel'
import type { Caller, TokenVerifier } from './verifier.ts'

const BEARER = /^Bearer (.+)$/i

export interface AdmitOptions {
  readonly verify: TokenVerifier
  /** Methods that operators may call, as `umbel.ticket.v1.DirectoryService/EnsureWorkspace`. */
  readonly operatorMethods: ReadonlySet<string>
}

/**
 * Who calls this method with this request. Throws `forbidden`: `token-invalid` without a good token,
 * `wrong-workspace` when an agent's token is of another workspace than the request, `not-permitted` for operators
 * outside their few methods.
 */
export async function admit(
  { verify, operatorMethods }: AdmitOptions,
  method: string,
  metadata: Metadata,
  request: Message,
): Promise<Caller> {
  const [, token] = BEARER.exec(metadata.get('authorization')[0]?.toString() ?? '') ?? []
  if (token === undefined) throw forbidden('token-invalid', 'the call carries no bearer token')
  const caller = await verify(token)
  if (caller.kind === 'agent' && (!('workspaceId' in request) || request.workspaceId !== caller.workspaceId))
    throw forbidden('wrong-workspace', 'the token is of another workspace')
  if (caller.kind === 'operator' && !operatorMethods.has(method))
    throw forbidden('not-permitted', 'operators run the platform and may not call this')
  const actorId = metadata.get('umbel-actor')[0]?.toString() ?? null
  return caller.kind === 'service' ? { ...caller, actorId } : caller
}
