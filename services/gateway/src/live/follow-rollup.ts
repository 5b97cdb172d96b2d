import { create } from '@bufbuild/protobuf'
import { RollupSchema } from '@umbel/contracts'
import { isUmbelError } from '@umbel/kernel'
import { rest } from '@umbel/service-kit'
import type { Context } from '../http/route.ts'
import { toFullRollup } from '../shapes/master.ts'
import type { LiveEvent } from './sse.ts'

// what nothing changes about is looked at more and more rarely, down to this
const QUIET_POLL_MS = 1_000

/**
 * A master's rollup as this viewer sees it, whenever its version has risen above this one. Versions may be passed over,
 * the latest never is.
 */
export async function* followRollup(
  { workspaceId, peers, call, live }: Pick<Context, 'workspaceId' | 'peers' | 'call' | 'live'>,
  masterId: string,
  after: bigint | undefined,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent> {
  let at = after
  let pause = live.pollMs
  while (!signal.aborted) {
    const rollup = await readRollup()
    if (rollup !== undefined && rollup.version !== at) {
      at = rollup.version
      yield { id: String(at), event: 'rollup', data: toFullRollup(rollup) }
      pause = live.pollMs
    }
    await rest(pause, signal)
    pause = Math.min(pause * 2, QUIET_POLL_MS)
  }

  async function readRollup() {
    try {
      const found = await peers.linking.getRollup({ workspaceId, masterId }, { ...call, signal })
      return found.rollup ?? create(RollupSchema)
    } catch (thrown) {
      if (isUmbelError(thrown) && thrown.kind === 'unavailable') return undefined // it is waited for
      throw thrown
    }
  }
}
