import { isUmbelError } from '@umbel/kernel'
import { enterWorkspace } from '../isolation.ts'
import type { Transaction } from '../transaction.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { apply, moveOn } from './apply.ts'
import { backOff } from './back-off.ts'
import { bury } from './bury.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import { dueKeys, firstParked, lockParked, type ParkedKey, postpone, removeParked, unpark } from './parked.ts'
import { read } from './reading.ts'
import { counted, type Tally } from './tally.ts'
import { report } from './with-metrics.ts'
import { refetch } from './with-refetch.ts'

const ATTEMPTS = 3

export interface DrainOptions {
  readonly claimer: TransactionSource
  readonly consumers: ReadonlyMap<string, ConsumerOptions>
  /** All parked keys, due or not. */
  readonly everything: boolean
  readonly signal: AbortSignal
}

/** Drains the parked keys that are due; returns how many were emptied. */
export async function drainParked({ claimer, consumers, everything, signal }: DrainOptions): Promise<number> {
  const keys = await claimer.transaction((trx) => dueKeys(trx, [...consumers.keys()], everything))
  let emptied = 0
  for (const key of keys) {
    const consumer = consumers.get(key.consumer)
    if (consumer !== undefined && (await drainKey(consumer, key, signal))) emptied += 1
  }
  return emptied
}

/** Handles what waits under the key, in order; false when it has to wait longer. */
async function drainKey(consumer: ConsumerOptions, key: ParkedKey, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 1; ; ) {
    signal.throwIfAborted()
    try {
      const tally = await inKey(consumer, key, (trx) => handleFirst(trx, consumer, key))
      if (tally === 'empty') return true
      if (tally.counts.handled) consumer.handler.committed?.()
      report(consumer, tally)
      for (const gap of tally.gaps) await refetch(consumer, gap, signal)
      attempt = 1
    } catch (error) {
      consumer.log.warn({ err: error, consumer: consumer.name, attempt }, 'a parked message failed again')
      if (dispositionOf(error) === 'bug' && attempt < ATTEMPTS) await backOff(attempt++, signal)
      else if (!(await setAside(consumer, key, error))) return false
      else attempt = 1
    }
  }
}

/** Runs in a transaction that has locked the parked key; empty also when somebody else emptied it. */
const inKey = <T>(
  consumer: ConsumerOptions,
  key: ParkedKey,
  work: (trx: Transaction) => Promise<T>,
): Promise<T | 'empty'> =>
  consumer.database.transaction(async (trx) => {
    enterWorkspace(trx, key.workspaceId)
    return (await lockParked(trx, key)) ? work(trx) : 'empty'
  })

/** The first message and its removal are one transaction; so is the end of the key when none is left. */
async function handleFirst(
  trx: Transaction,
  { name, handler }: ConsumerOptions,
  key: ParkedKey,
): Promise<Tally | 'empty'> {
  const first = await firstParked(trx, key)
  if (first === undefined) {
    await unpark(trx, key)
    return 'empty'
  }
  await removeParked(trx, key, first.seq)
  const reading = read(handler, first.message)
  if (reading.kind === 'event') return apply(trx, key.workspaceId, name, handler, [reading.event])
  if (reading.kind === 'ignored') return counted('ignored')
  await bury(trx, { ...reading, ...key })
  return counted('dead')
}

/** The first message cannot be handled: later, or never; true when the next one may be tried now. */
async function setAside(consumer: ConsumerOptions, key: ParkedKey, error: unknown): Promise<boolean> {
  const { name, handler } = consumer
  const disposition = dispositionOf(error)
  if (disposition === 'pause' || disposition === 'retry') {
    await inKey(consumer, key, (trx) => postpone(trx, key, isUmbelError(error) ? error.slug : 'bug'))
    return false
  }
  const skip = disposition === 'skip'
  await inKey(consumer, key, async (trx) => {
    const first = await firstParked(trx, key)
    if (first === undefined) return
    const reading = read(handler, first.message)
    if (reading.kind === 'event') await moveOn(trx, key.workspaceId, name, handler, reading.event)
    if (!skip) await bury(trx, { ...key, message: first.message, error })
    await removeParked(trx, key, first.seq)
  })
  report(consumer, counted(skip ? 'skipped' : 'dead'))
  return true
}
