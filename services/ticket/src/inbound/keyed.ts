import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import type { Idempotency } from '@umbel/contracts'
import { requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Call } from '@umbel/rpc'
import type { App } from '../app.ts'

interface InWorkspace {
  readonly workspaceId: string
}

/** The workspace a request names; a name that is no id names none. */
export function scopeOf({ workspaceId }: InWorkspace): Scope {
  return { workspaceId: requireId(workspaceId, 'workspace_id') }
}

/** A write under its idempotency key: a repeat is answered by what the first one was answered. */
export const keyed =
  ({ once }: App) =>
  async <D extends DescMessage>(
    answer: D,
    call: Call,
    request: InWorkspace & { readonly idempotency?: Idempotency | undefined },
    work: (scope: Scope) => Promise<MessageInitShape<D>>,
  ): Promise<MessageShape<D>> => {
    const { workspaceId } = scopeOf(request)
    const { key = '', digest = new Uint8Array() } = request.idempotency ?? {}
    const actorId = call.caller.actorId ?? call.caller.id
    const stored = await once({ workspaceId, actorId, rpc: answer.typeName, key, digest }, async (scope) =>
      toBinary(answer, create(answer, await work(scope))),
    )
    return fromBinary(answer, stored)
  }
