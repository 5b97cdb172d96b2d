import { isUmbelError } from '@umbel/kernel'
import { enterWorkspace } from '../isolation.ts'
import type { Transaction } from '../transaction.ts'
import type { TransactionSource } from '../transaction-source.ts'
import { apply } from './apply.ts'
import { bury } from './bury.ts'
import type { ConsumerOptions } from './consumer.ts'
import { dispositionOf } from './disposition.ts'
import { dueKeys, firstParked, lockParked, type ParkedKey, postpone, removeParked, unpark } from './parked.ts'
import { read } from './reading.ts'

type Step = 'next' | 'done'

/** Drains every parked key that is due (or all of them, at once); returns how many keys were emptied. */
export async function drainParked(
  claimer: TransactionSource,
  consumers: ReadonlyMap<string, ConsumerOptions>,
  everything = false,
): Promise<number> {
  const keys = await claimer.transaction((trx) => dueKeys(trx, [...consumers.keys()], everything))
  let emptied = 0
  for (const key of keys) {
    const consumer = consumers.get(key.consumer)
    if (consumer !== undefined && (await drainKey(consumer, key))) emptied += 1
  }
  return emptied
}

/** Handles what waits under the key, in order, each message with its removal in one transaction. */
async function drainKey(consumer: ConsumerOptions, key: ParkedKey): Promise<boolean> {
  for (;;) {
    let failure: unknown
    const step = await inKey(consumer, key, (trx) => drainFirst(trx, consumer, key)).catch((error: unknown) => {
      failure = error
    })
    if (step === 'done') return true
    if (step === 'next') continue
    if (!(await giveUp(consumer, key, failure))) return false
  }
}

/** Runs in a transaction that has locked the parked key; done when somebody else emptied it. */
const inKey = (consumer: ConsumerOptions, key: ParkedKey, work: (trx: Transaction) => Promise<Step>): Promise<Step> =>
  consumer.database.transaction(async (trx) => {
    await enterWorkspace(trx, key.workspaceId)
    return (await lockParked(trx, key)) ? work(trx) : 'done'
  })

async function drainFirst(trx: Transaction, { name, handler }: ConsumerOptions, key: ParkedKey): Promise<Step> {
  const first = await firstParked(trx, key)
  if (first === undefined) {
    await unpark(trx, key)
    return 'done'
  }
  const reading = read(handler, first.message)
  if (reading.kind === 'event') await apply(trx, key.workspaceId, name, handler, [reading.event])
  if (reading.kind === 'unreadable') await bury(trx, { ...reading, consumer: name })
  await removeParked(trx, key, first.seq)
  return 'next'
}

/** The first message failed again: later, or never; true when the next one may be tried now. */
async function giveUp(consumer: ConsumerOptions, key: ParkedKey, error: unknown): Promise<boolean> {
  const { name, handler, log } = consumer
  const disposition = dispositionOf(error)
  log.warn({ err: error, consumer: name }, 'a parked message failed again')
  if (disposition === 'pause' || disposition === 'retry') {
    await inKey(consumer, key, async (trx) => {
      await postpone(trx, key, isUmbelError(error) ? error.slug : 'bug')
      return 'done'
    })
    return false
  }
  await inKey(consumer, key, async (trx) => {
    const first = await firstParked(trx, key)
    if (first === undefined) return 'done'
    const reading = read(handler, first.message)
    if (reading.kind === 'event')
      await apply(trx, key.workspaceId, name, { ...handler, handle: async () => {} }, [reading.event])
    if (disposition !== 'skip') await bury(trx, { ...key, message: first.message, error })
    await removeParked(trx, key, first.seq)
    return 'next'
  })
  return true
}
