import { setTimeout as pause } from 'node:timers/promises'
import type { SubscribeOptions } from '../broker.ts'
import { createMerger, type Merger } from '../merge/merger.ts'
import type { Partition } from './log.ts'

const REDELIVERY_PAUSE_MS = 5

/** One partition as one member reads it. */
interface Claim {
  readonly partition: Partition
  busy: boolean
}

export interface Member {
  readonly options: SubscribeOptions
  /** Looks for new messages in the partitions it has. */
  wake(): void
  assign(partitions: readonly Partition[]): void
  /** Takes its partitions away once the batch in hand has ended. */
  revoke(): Promise<void>
  joined(): boolean
  stop(): Promise<void>
}

/** Reads its partitions from the committed offsets; offsets move only when `onBatch` resolved. */
export function createMember(options: SubscribeOptions, offsets: Map<Partition, number>): Member {
  let claims: Claim[] | undefined
  const merger: Merger<Claim> = createMerger(async ({ messages, shares, signal }) => {
    await options.onBatch({ messages, signal })
    for (const { source, last } of shares) offsets.set(source.partition, Number(last.offset) + 1)
  })

  const read = async (claim: Claim): Promise<void> => {
    const waiting = (): number => claim.partition.messages.length - (offsets.get(claim.partition) ?? 0)
    const owned = (): boolean => claims?.includes(claim) ?? false
    if (claim.busy) return
    claim.busy = true
    while (owned() && waiting() > 0) {
      const [outcome] = await Promise.allSettled([
        merger.add(claim, claim.partition.messages.slice(offsets.get(claim.partition) ?? 0)),
      ])
      if (outcome.status === 'rejected') await pause(REDELIVERY_PAUSE_MS)
    }
    claim.busy = false
  }

  const wake = (): void => {
    for (const claim of claims ?? []) void read(claim)
  }

  return {
    options,
    wake,
    assign(partitions) {
      claims = partitions.map((partition) => ({ partition, busy: false }))
      wake()
    },
    async revoke() {
      claims = undefined
      merger.giveUp(new Error('the group rebalances'))
      await merger.idle()
    },
    joined: () => claims !== undefined,
    async stop() {
      claims = undefined
      await merger[Symbol.asyncDispose]()
    },
  }
}
