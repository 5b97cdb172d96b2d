import { enterWorkspace } from '../isolation.ts'
import { moveOn } from './apply.ts'
import { bury } from './bury.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import type { Behaviour } from './pipeline.ts'
import type { Reading } from './reading.ts'
import { counted, sum, type Tally } from './tally.ts'

/** What can never be handled is skipped, where a rule refuses it, or becomes a dead letter; either way it was seen. */
export const withDeadLetter =
  (consumer: ConsumerOptions): Behaviour =>
  (next) =>
  async (work) => {
    try {
      return await next(work)
    } catch (error) {
      const disposition = dispositionOf(error)
      if (disposition === 'pause' || disposition === 'retry' || work.signal.aborted) throw error
      const ended = work.readings.map((reading) => end(consumer, reading, error, disposition === 'skip'))
      return sum(await Promise.all(ended))
    }
  }

async function end(consumer: ConsumerOptions, reading: Reading, error: unknown, skip: boolean): Promise<Tally> {
  if (reading.kind === 'ignored') return counted('ignored')
  const { topic, partition, offset } = reading.message
  const where = { err: error, consumer: consumer.name, topic, partition, offset }
  try {
    await leave(consumer, reading, error, { skip, seen: true })
  } catch (failure) {
    if (dispositionOf(failure) === 'pause') throw failure
    // whatever hinders us from noting that it was seen must not keep the message in the way of the others
    consumer.log.error({ ...where, err: failure }, 'a message is left without being noted as seen')
    await leave(consumer, reading, error, { skip, seen: false })
  }
  if (skip) consumer.log.warn(where, 'a message was skipped: a rule refuses it')
  else consumer.log.error(where, 'a message is a dead letter now')
  return counted(skip ? 'skipped' : 'dead')
}

const leave = (
  { name, handler, database }: ConsumerOptions,
  reading: Exclude<Reading, { kind: 'ignored' }>,
  error: unknown,
  { skip, seen }: { readonly skip: boolean; readonly seen: boolean },
): Promise<void> =>
  database.transaction(async (trx) => {
    const { workspaceId, message } = reading
    enterWorkspace(trx, workspaceId)
    if (seen && reading.kind === 'event') await moveOn(trx, workspaceId, name, handler, reading.event)
    if (!skip) await bury(trx, { workspaceId, consumer: name, message, error })
  })
