import { isUmbelError } from '@umbel/kernel'
import { enterWorkspace } from '../isolation.ts'
import { backOff } from './back-off.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import { park } from './parked.ts'
import type { Behaviour } from './pipeline.ts'
import type { Reading } from './reading.ts'
import { counted, type Tally } from './tally.ts'

const ATTEMPTS = 3

/** Tries a message three times in place, then parks its key: the messages behind it wait, the partition moves on. */
export const withRetry =
  (consumer: ConsumerOptions): Behaviour =>
  (next) =>
  async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(work)
      } catch (error) {
        const disposition = dispositionOf(error)
        const passing = disposition === 'retry' || disposition === 'bug'
        if (!passing || (disposition === 'bug' && attempt === ATTEMPTS)) throw error
        if (attempt === ATTEMPTS) return parkAll(consumer, work.readings, error)
        consumer.log.warn({ err: error, consumer: consumer.name, attempt }, 'handling failed and is tried again')
        await backOff(attempt, work.signal)
      }
    }
  }

async function parkAll(consumer: ConsumerOptions, readings: readonly Reading[], error: unknown): Promise<Tally> {
  const { name, database, log } = consumer
  const reason = isUmbelError(error) ? error.slug : 'bug'
  const waiting = readings.filter((reading) => reading.kind !== 'ignored')
  await database.transaction(async (trx) => {
    for (const { workspaceId, message } of waiting) {
      enterWorkspace(trx, workspaceId)
      await park(trx, { workspaceId, consumer: name, key: message.key }, message, reason)
    }
  })
  log.warn({ err: error, consumer: name }, 'a key is parked: its messages wait until the first can be handled')
  return counted('parked', waiting.length)
}
