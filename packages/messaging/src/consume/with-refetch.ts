import { backOff } from './back-off.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import type { Behaviour } from './pipeline.ts'
import type { Gap } from './tally.ts'

const ATTEMPTS = 3

/**
 * After a gap the key's state is fetched anew, once what showed the gap has committed. That was applied all the same:
 * a refetch that fails costs what was missing, and is told.
 */
export const withRefetch =
  (consumer: ConsumerOptions): Behaviour =>
  (next) =>
  async (work) => {
    const tally = await next(work)
    for (const gap of tally.gaps) await refetch(consumer, gap, work.signal)
    return tally
  }

export async function refetch(
  { name, handler, log }: ConsumerOptions,
  { workspaceId, streamKey }: Gap,
  signal: AbortSignal,
): Promise<void> {
  if (!('refetch' in handler) || handler.refetch === undefined) return
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await handler.refetch(workspaceId, streamKey)
    } catch (error) {
      const again = attempt < ATTEMPTS || dispositionOf(error) === 'pause'
      log.error({ err: error, consumer: name, streamKey, again }, 'the state after a gap could not be fetched')
      if (!again) return
      await backOff(attempt, signal)
    }
  }
}
