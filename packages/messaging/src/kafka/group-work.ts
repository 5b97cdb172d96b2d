import { failpoint } from '@umbel/kernel/failpoint'
import kafkajs, { type EachBatchPayload } from 'kafkajs'
import type { Batch } from '../broker.ts'
import { createMerger, type MergedBatch, type Merger } from '../merge/merger.ts'
import type { BrokerLog } from './log.ts'

const HEARTBEAT_MS = 1000
const LOST = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR_FOR_GROUP'])

/** Whether the group has taken this member's partitions away. */
const isLost = (error: unknown): error is Error =>
  error instanceof kafkajs.KafkaJSError && LOST.has(String((error as { type?: unknown }).type))

/**
 * Runs merged batches of one group member: heartbeats meanwhile, then one commit for all partitions in the batch. What
 * it throws makes kafkajs fetch the same messages again, or join the group again when the partitions are lost.
 */
export function createGroupWork(onBatch: (batch: Batch) => Promise<void>, log: BrokerLog): Merger<EachBatchPayload> {
  const merger = createMerger<EachBatchPayload>(async (batch) => {
    try {
      await workOn(batch)
    } catch (error) {
      if (isLost(error)) merger.giveUp(error)
      throw error
    }
  })

  const workOn = async ({ messages, shares, signal }: MergedBatch<EachBatchPayload>): Promise<void> => {
    const member = shares[0]?.source
    if (!member) return
    await member.heartbeat()
    const beat = setInterval(() => void member.heartbeat().catch(missedBeat), HEARTBEAT_MS)
    try {
      await onBatch({ messages, signal })
    } catch (error) {
      throw failed(error, signal)
    } finally {
      clearInterval(beat)
    }
    for (const { source, last } of shares) source.resolveOffset(last.offset)
    await member.commitOffsetsIfNecessary(member.uncommittedOffsets())
    await failpoint('consumer.offset.after')
  }

  const missedBeat = (error: unknown): void => {
    if (isLost(error)) merger.giveUp(error)
    else log.debug({ error: String(error) }, 'a heartbeat failed')
  }

  const failed = (error: unknown, signal: AbortSignal): Error => {
    if (isLost(signal.reason)) return signal.reason
    log.warn({ error: String(error) }, 'a batch failed, its messages come again')
    // Its own class, since kafkajs would end the consumer for a TypeError and log others once for each partition.
    return new kafkajs.KafkaJSError(error instanceof Error ? error : String(error), { retriable: true })
  }

  return merger
}
