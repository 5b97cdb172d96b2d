import type { Message } from '@bufbuild/protobuf'
import type { Metadata } from '@grpc/grpc-js'
import { forbidden, invalid } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Caller, TokenVerifier } from './verifier.ts'

const BEARER = /^Bearer (.+)$/i

export interface AdmitOptions {
  readonly verify: TokenVerifier
  /** Methods that operators may call, as `umbel.ticket.v1.DirectoryService/EnsureWorkspace`. */
  readonly operatorMethods: ReadonlySet<string>
}

/**
 * Who calls this method, before anything of the request is looked at. Throws `forbidden`: `token-invalid` without a
 * good token, `not-permitted` for operators outside their few methods.
 */
export async function admit(
  { verify, operatorMethods }: AdmitOptions,
  method: string,
  metadata: Metadata,
): Promise<Caller> {
  const [, token] = BEARER.exec(metadata.get('authorization')[0]?.toString() ?? '') ?? []
  if (token === undefined) throw forbidden('token-invalid', 'the call carries no bearer token')
  const caller = await verify(token)
  if (caller.kind === 'operator' && !operatorMethods.has(method))
    throw forbidden('not-permitted', 'operators run the platform and may not call this')
  const actorId = metadata.get('umbel-actor')[0]?.toString() ?? null
  return caller.kind === 'service' ? { ...caller, actorId } : caller
}

/**
 * Keeps an agent inside the workspace of its token; services may name any. Throws `forbidden` (`wrong-workspace`) and
 * `invalid` (`workspace-unreadable`) for what is no id. Only an operator may name none: it makes the first one.
 */
export function checkWorkspace(caller: Caller, request: Message): void {
  const named = 'workspaceId' in request ? String(request.workspaceId) : undefined
  if (caller.kind === 'agent' && named !== caller.workspaceId)
    throw forbidden('wrong-workspace', 'the token is of another workspace')
  if (named === undefined || isId(named) || (named === '' && caller.kind === 'operator')) return
  throw invalid('workspace-unreadable', 'the request names no workspace id', { field: 'workspace_id' })
}
