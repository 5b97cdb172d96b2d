import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import type { Idempotency } from '@umbel/contracts'
import type { KeyedWrite } from '@umbel/kernel'
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

type Keyed = InWorkspace & { readonly idempotency?: Idempotency | undefined }

/** A write under its idempotency key: a repeat is answered by what the first one was answered. */
export const keyed =
  ({ once }: App) =>
  async <D extends DescMessage>(
    answer: D,
    call: Call,
    request: Keyed,
    work: (scope: Scope) => Promise<MessageInitShape<D>>,
  ): Promise<MessageShape<D>> => {
    const stored = await once(writeOf(answer, call, request), async (scope) =>
      toBinary(answer, create(answer, await work(scope))),
    )
    return fromBinary(answer, stored)
  }

/**
 * The same where something is asked first, which must not hold a transaction open. A repeat is answered like the first
 * also where what is asked would say no by now, or cannot be asked.
 */
export const keyedAfter =
  (app: App) =>
  async <D extends DescMessage, Found>(
    answer: D,
    call: Call,
    request: Keyed,
    ask: (scope: Scope) => Promise<Found>,
    work: (scope: Scope, found: Found) => Promise<MessageInitShape<D>>,
  ): Promise<MessageShape<D>> => {
    const stored = await app.answered(writeOf(answer, call, request))
    if (stored !== undefined) return fromBinary(answer, stored)
    const found = await ask(scopeOf(request))
    return keyed(app)(answer, call, request, (scope) => work(scope, found))
  }

function writeOf(answer: DescMessage, { caller }: Call, request: Keyed): KeyedWrite {
  const { key = '', digest = new Uint8Array() } = request.idempotency ?? {}
  return { ...scopeOf(request), actorId: caller.actorId ?? caller.id, rpc: answer.typeName, key, digest }
}
