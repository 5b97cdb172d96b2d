import type { Received } from '../message.ts'
import { commit } from './commit.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { pipeline } from './pipeline.ts'
import { type Reading, read } from './reading.ts'
import { withDeadLetter } from './with-dead-letter.ts'
import { withDeadline } from './with-deadline.ts'
import { withMetrics } from './with-metrics.ts'
import { withPause } from './with-pause.ts'
import { withRefetch } from './with-refetch.ts'
import { withRetry } from './with-retry.ts'
import { withTrace } from './with-trace.ts'

/** Handles a batch; resolves when every message in it is settled one way or another. */
export type ConsumeBatch = (messages: readonly Received[], signal: AbortSignal) => Promise<void>

/**
 * A batch is one transaction over all its workspaces. When that fails, it is done again message by message, to find the
 * culprit: what is away pauses the consumer, a passing trouble is tried three times and then parks the key, what can
 * never succeed becomes a dead letter.
 */
export function createConsumer(consumer: ConsumerOptions): ConsumeBatch {
  const around = [withTrace, withMetrics(consumer), withRefetch(consumer), withPause(consumer)]
  const together = pipeline([...around, withDeadline()], commit(consumer))
  const alone = pipeline([...around, withDeadLetter(consumer), withRetry(consumer), withDeadline()], commit(consumer))
  const oneByOne = async (readings: readonly Reading[], signal: AbortSignal) => {
    for (const reading of readings) await alone({ readings: [reading], signal })
  }
  return async (messages, signal) => {
    const readings = messages.map((message) => read(consumer.handler, message))
    if (readings.length === 1) return oneByOne(readings, signal)
    try {
      await together({ readings, signal })
    } catch (error) {
      signal.throwIfAborted()
      const why = { err: error, consumer: consumer.name, messages: messages.length }
      consumer.log.warn(why, 'a batch failed and is done again message by message')
      await oneByOne(readings, signal)
    }
  }
}
