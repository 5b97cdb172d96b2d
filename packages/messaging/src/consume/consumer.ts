import { isUmbelError } from '@umbel/kernel'
import { enterWorkspace } from '../isolation.ts'
import type { Received } from '../message.ts'
import type { Transaction } from '../transaction.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { apply } from './apply.ts'
import { bury } from './bury.ts'
import { dispositionOf } from './disposition.ts'
import type { AnyHandler } from './handler.ts'
import type { ConsumeLog, ConsumeMetrics } from './metrics.ts'
import { appendParked, park, parkedAmong } from './parked.ts'
import { type Reading, read } from './reading.ts'

const ATTEMPTS = 3
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 5_000

export interface ConsumerOptions {
  readonly name: string
  readonly handler: AnyHandler
  readonly database: TransactionSource
  readonly log: ConsumeLog
  readonly metrics: ConsumeMetrics
}

/** What a batch's transaction came to; told to metrics once it has committed. */
interface Tally {
  handled: number
  repeats: number
  ignored: number
  parked: number
  dead: number
  readonly gaps: { readonly workspaceId: string; readonly streamKey: string }[]
}

/**
 * Handles a batch: one transaction over all its workspaces. When that fails, message by message, to find the culprit:
 * what is away pauses the consumer, a passing trouble is tried three times and then parks the key, what can never
 * succeed becomes a dead letter.
 */
export async function consumeBatch(
  options: ConsumerOptions,
  messages: readonly Received[],
  signal: AbortSignal,
): Promise<void> {
  const readings = messages.map((message) => read(options.handler, message))
  try {
    await commit(options, readings)
  } catch (error) {
    if (readings.length === 1 || dispositionOf(error) === 'pause') await consumeOne(options, readings, signal, error)
    else for (const reading of readings) await consumeOne(options, [reading], signal)
  }
}

/** Handles readings that stand or fall together, until they are settled one way or another. */
async function consumeOne(
  options: ConsumerOptions,
  readings: readonly Reading[],
  signal: AbortSignal,
  failure?: unknown,
): Promise<void> {
  let error = failure
  for (let attempt = failure === undefined ? 0 : 1; ; attempt += 1) {
    signal.throwIfAborted()
    if (error !== undefined) {
      const disposition = dispositionOf(error)
      if (disposition === 'pause') options.metrics.pauses(options.name)
      else if (readings.length > 1) return splitUp(options, readings, signal)
      else if (disposition === 'skip' || disposition === 'dead-letter' || attempt >= ATTEMPTS)
        return settle(options, readings[0], error)
      await wait(attempt, signal)
    }
    try {
      return await commit(options, readings)
    } catch (caught) {
      error = caught
      options.log.warn({ err: caught, consumer: options.name, attempt }, 'handling failed and is tried again')
    }
  }
}

async function splitUp(options: ConsumerOptions, readings: readonly Reading[], signal: AbortSignal): Promise<void> {
  for (const reading of readings) await consumeOne(options, [reading], signal)
}

/** One transaction for all readings; workspaces one after the other, each entered anew. */
async function commit(options: ConsumerOptions, readings: readonly Reading[]): Promise<void> {
  const tally = await options.database.transaction(async (trx) => {
    const sum: Tally = { handled: 0, repeats: 0, ignored: 0, parked: 0, dead: 0, gaps: [] }
    for (const [workspaceId, group] of byWorkspace(readings, sum)) {
      await enterWorkspace(trx, workspaceId)
      await applyGroup(trx, options, workspaceId, group, sum)
    }
    return sum
  })
  report(options, tally)
  if (tally.handled > 0) options.handler.committed?.()
  for (const { workspaceId, streamKey } of tally.gaps)
    if ('refetch' in options.handler) await options.handler.refetch?.(workspaceId, streamKey)
}

type Owned = Exclude<Reading, { kind: 'ignored' }>

/** Workspaces in id order, so that two batches lock in the same order. */
function byWorkspace(readings: readonly Reading[], sum: Tally): [string, Owned[]][] {
  const groups = new Map<string, Owned[]>()
  for (const reading of readings)
    if (reading.kind === 'ignored') sum.ignored += 1
    else groups.set(reading.workspaceId, [...(groups.get(reading.workspaceId) ?? []), reading])
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

async function applyGroup(
  trx: Transaction,
  { name, handler }: ConsumerOptions,
  workspaceId: string,
  group: readonly Owned[],
  sum: Tally,
): Promise<void> {
  const parked = await parkedAmong(
    trx,
    workspaceId,
    name,
    group.map(({ message }) => message.key),
  )
  const waiting = group.filter(({ message }) => parked.has(message.key))
  if (waiting.length > 0) {
    const messages = waiting.map(({ message }) => message)
    await appendParked(trx, workspaceId, name, messages)
    sum.parked += waiting.length
  }
  const open = group.filter(({ message }) => !parked.has(message.key))
  const events = open.flatMap((reading) => (reading.kind === 'event' ? [reading.event] : []))
  const applied = await apply(trx, workspaceId, name, handler, events)
  sum.handled += applied.handled
  sum.repeats += applied.repeats
  sum.gaps.push(...applied.gaps.map((streamKey) => ({ workspaceId, streamKey })))
  for (const reading of open)
    if (reading.kind === 'unreadable') {
      await bury(trx, { ...reading, consumer: name })
      sum.dead += 1
    }
}

/** The message will not be handled: skipped, parked or dead, as its error says. */
async function settle(options: ConsumerOptions, reading: Reading | undefined, error: unknown): Promise<void> {
  if (reading === undefined || reading.kind === 'ignored') return
  const { name, handler, database, log, metrics } = options
  const { workspaceId, message } = reading
  const disposition = dispositionOf(error)
  const passing = disposition === 'retry'
  await database.transaction(async (trx) => {
    await enterWorkspace(trx, workspaceId)
    if (passing) return park(trx, { workspaceId, consumer: name, key: message.key }, message, slugOf(error))
    // moved on: a repeat is a repeat, and the next event of the key shows no gap
    if (reading.kind === 'event')
      await apply(trx, workspaceId, name, { ...handler, handle: async () => {} }, [reading.event])
    if (disposition !== 'skip') await bury(trx, { workspaceId, consumer: name, message, error })
  })
  const outcome = passing ? 'parked' : disposition === 'skip' ? 'skipped' : 'dead'
  metrics.messages(name, outcome, 1)
  const where = { consumer: name, topic: message.topic, partition: message.partition, offset: message.offset }
  log[outcome === 'dead' ? 'error' : 'warn']({ err: error, ...where }, `a message was ${outcome}`)
}

const slugOf = (error: unknown): string => (isUmbelError(error) ? error.slug : 'bug')

function report(
  { name, metrics, log }: ConsumerOptions,
  { handled, repeats, ignored, parked, dead, gaps }: Tally,
): void {
  const counts = { handled, repeat: repeats, ignored, parked, dead } as const
  for (const [outcome, count] of Object.entries(counts))
    if (count > 0) metrics.messages(name, outcome as keyof typeof counts, count)
  if (gaps.length === 0) return
  metrics.gaps(name, gaps.length)
  log.error({ consumer: name, streams: gaps.slice(0, 10) }, 'events are missing before those that came')
}

/** Doubles up to 5 s, with jitter so that those who failed together do not come back together. */
function wait(attempt: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)
  const ms = longest / 2 + (Math.random() * longest) / 2
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
