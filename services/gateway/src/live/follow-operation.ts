import { isUmbelError } from '@umbel/kernel'
import { rest } from '@umbel/service-kit'
import type { Context } from '../http/route.ts'
import { toOperation } from '../shapes/operation.ts'
import type { LiveEvent } from './sse.ts'

// a call never lasts for ever: the owner looks at the token again with each
const CALL_MS = 60_000
const AGAIN_MS = 250

/** Every version of an operation after this one, each once; ends with the last. A peer that is away is waited for. */
export async function* followOperation(
  { workspaceId, peers, call }: Pick<Context, 'workspaceId' | 'peers' | 'call'>,
  operationId: string,
  after: bigint,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  let at = after
  while (!signal.aborted) {
    const asked = { workspaceId, operationId, afterVersion: at }
    try {
      for await (const told of peers.operation.watchOperation(asked, { ...call, signal, deadlineMs: CALL_MS })) {
        at = told.version
        yield { id: String(at), event: 'operation', data: toOperation(told.operation) }
      }
      return
    } catch (thrown) {
      if (!isUmbelError(thrown) || thrown.kind !== 'unavailable') throw thrown
    }
    await rest(AGAIN_MS, signal)
  }
}
