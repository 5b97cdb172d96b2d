import { backOff } from './back-off.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import type { Behaviour } from './pipeline.ts'

/** While something that is needed is away the consumer waits and tries again; nothing is parked, nothing is lost. */
export const withPause =
  ({ name, metrics, log }: ConsumerOptions): Behaviour =>
  (next) =>
  async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(work)
      } catch (error) {
        if (dispositionOf(error) !== 'pause') throw error
        metrics.pauses(name)
        log.warn({ err: error, consumer: name, attempt }, 'something is away: the consumer waits')
        await backOff(attempt, work.signal)
      }
    }
  }
