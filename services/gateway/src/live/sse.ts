import { isUmbelError } from '@umbel/kernel'
import type { Context } from '../http/route.ts'
import { beating } from './beating.ts'

/** One thing that happened, by the number that a client names to go on after it. */
export interface LiveEvent {
  readonly id: string
  readonly event: string
  readonly data: unknown
}

const RETRY = 'retry: 1000\n\n'
const HEARTBEAT = ':\n\n'
const FRESH_MS = 1_000

const frame = ({ id, event, data }: LiveEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
const end = (reason: string): string => `event: end\ndata: ${JSON.stringify({ reason })}\n\n`

/**
 * Server-sent events (WHATWG) of a source until it ends, the caller loses the right to it, or the gateway stops. The
 * first two are told with the event `end`: there is nothing to come back for. A stop only closes the connection, and
 * the client goes on elsewhere after the last id it has.
 */
export async function* serverSent(
  context: Pick<Context, 'live' | 'caller' | 'reverify' | 'signal'>,
  open: (signal: AbortSignal) => AsyncIterable<LiveEvent>,
): AsyncGenerator<string> {
  const { live, caller, signal } = context
  using _place = live.admit(caller)
  const opened = (left: AbortSignal) => open(AbortSignal.any([signal, left]))
  const reverify = everySecond(context.reverify)
  yield RETRY
  try {
    for await (const each of beating(opened, live.heartbeatMs)) {
      await reverify()
      yield each === undefined ? HEARTBEAT : frame(each)
    }
    if (!signal.aborted) yield end('finished')
  } catch (thrown) {
    if (signal.aborted) return
    // a bug, or a peer that is away: the client comes back by itself
    if (!isUmbelError(thrown) || thrown.kind === 'unavailable') throw thrown
    yield end(thrown.slug)
  }
}

/** Calls at most once in that time: what was good a moment ago is good. */
function everySecond(check: () => Promise<void>): () => Promise<void> {
  let until = performance.now() + FRESH_MS
  return async () => {
    if (performance.now() < until) return
    await check()
    until = performance.now() + FRESH_MS
  }
}
