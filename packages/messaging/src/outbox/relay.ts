import { setTimeout as pause } from 'node:timers/promises'
import { isUmbelError } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { createBell } from '../bell.ts'
import type { Broker } from '../broker.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { OUTBOX_CHANNEL } from './append.ts'
import {
  clearRows,
  leaseShards,
  nextRows,
  type OutboxRow,
  type OwnedShard,
  outboxDepth,
  releaseShards,
} from './claim.ts'
import { listen } from './listen.ts'

const BATCH = 1_000
const POLL_MS = 250
const RENEW_MS = 1_000
const LEASE_MS = 3_000
const FAILED_MS = 500

export interface RelayLog {
  warn(fields: object, message: string): void
}

export interface RelayOptions {
  /** The relay role's door. */
  readonly database: TransactionSource
  readonly broker: Broker
  /** Stable over restarts of the same place, so that a restart renews its own lease. */
  readonly owner: string
  readonly log: RelayLog
  /** Wake up by NOTIFY as well; the poll alone is enough. */
  readonly notify?: boolean
  /** Rest between two small batches, for an outbox that is fed in drops: few sends instead of many. None unless told. */
  readonly restMs?: number
}

export interface Relay extends AsyncDisposable {
  /** Resolves when nothing waits in the outbox. */
  drain(): Promise<void>
  depth(): Promise<{ readonly rows: number; readonly ageS: number }>
}

/** Whether what was read under these is still the relay's own. */
const includesAll = (now: readonly OwnedShard[], before: readonly OwnedShard[]): boolean =>
  before.every(({ shard, epoch }) => now.some((each) => each.shard === shard && each.epoch === epoch))

/** Publishes what the outbox holds: lease shards, read by position, publish, delete; one batch in flight. */
export function createRelay({ database, broker, owner, log, notify = true, restMs = 0 }: RelayOptions): Relay {
  const run = database.alone
  const bell = createBell()
  const listening = notify ? listen({ url: database.url, channel: OUTBOX_CHANNEL, heard: bell.ring }) : undefined
  let stopped = false
  let shards: readonly OwnedShard[] = []
  let leasedAt = Number.NEGATIVE_INFINITY

  const lease = async () => {
    const asked = performance.now()
    if (asked - leasedAt < RENEW_MS) return
    shards = await run((trx) => leaseShards(trx, owner))
    leasedAt = asked
  }
  const publish = async (rows: readonly OutboxRow[], read: readonly OwnedShard[]): Promise<void> => {
    // a relay that was frozen may wake up after its lease: what it read may be another's by now
    if (performance.now() - leasedAt > LEASE_MS || !includesAll(shards, read)) return
    await failpoint('relay.publish.before')
    if (!(await sent(rows))) return publishHalves(rows, read)
    await failpoint('relay.publish.after')
    await run((trx) => clearRows(trx, owner, shards, rows))
    await failpoint('relay.clear.after')
  }
  /**
   * One that no broker ever takes must not keep everybody's events back: it is told and left, and shows as a gap. False:
   * there is one among these.
   */
  const sent = async (rows: readonly OutboxRow[]): Promise<boolean> => {
    try {
      await broker.publish(rows)
    } catch (error) {
      if (!isUmbelError(error) || error.slug !== 'message-too-large') throw error
      if (rows.length > 1) return false
      const { topic, key } = rows[0] ?? {}
      log.warn({ err: error, topic, key }, 'a message is too large and is not published')
    }
    return true
  }
  /** Each half under a lease that has time left. */
  const publishHalves = async (rows: readonly OutboxRow[], read: readonly OwnedShard[]): Promise<void> => {
    const middle = Math.ceil(rows.length / 2)
    for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
      await lease()
      await publish(half, read)
    }
  }
  /** Whether more waits: what is added from now on rings the bell. */
  const pass = async (): Promise<boolean> => {
    await lease()
    if (shards.length === 0) return false
    const rows = await run((trx) => nextRows(trx, shards, BATCH))
    if (rows.length > 0) await publish(rows, shards)
    if (restMs > 0 && rows.length > 0 && rows.length < BATCH) await pause(restMs)
    return rows.length === BATCH
  }
  const loop = async () => {
    while (!stopped) {
      try {
        if (!(await pass())) await bell.wait(POLL_MS)
      } catch (error) {
        log.warn({ err: error }, 'the relay could not publish and tries again')
        await bell.wait(FAILED_MS)
      }
    }
  }
  const running = loop()
  const depth = () => run(outboxDepth)
  return {
    depth,
    async drain() {
      while ((await depth()).rows > 0) {
        bell.ring()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      bell.ring()
      await running
      await listening?.[Symbol.asyncDispose]()
      await run((trx) => releaseShards(trx, owner)).catch((error: unknown) =>
        log.warn({ err: error }, 'the relay could not let its shards go; their lease runs out'),
      )
    },
  }
}
