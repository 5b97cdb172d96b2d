import { failpoint } from '@umbel/kernel/failpoint'
import { enterWorkspace } from '../isolation.ts'
import type { Transaction } from '../transaction.ts'
import { apply } from './apply.ts'
import { bury } from './bury.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { appendParked, parkedAmong } from './parked.ts'
import type { Step } from './pipeline.ts'
import type { Reading } from './reading.ts'
import { counted, sum, type Tally } from './tally.ts'

type Owned = Exclude<Reading, { kind: 'ignored' }>

/** One transaction for all of the work; workspaces one after the other, each entered anew. */
export const commit =
  (consumer: ConsumerOptions): Step =>
  async ({ readings }) => {
    const owned = readings.filter((reading) => reading.kind !== 'ignored')
    const ignored = counted('ignored', readings.length - owned.length)
    if (owned.length === 0) return ignored
    const tallies = await consumer.database.transaction(async (trx) => {
      const each: Tally[] = []
      for (const [workspaceId, group] of byWorkspace(owned)) {
        enterWorkspace(trx, workspaceId)
        each.push(await applyGroup(trx, consumer, workspaceId, group))
      }
      await failpoint('consumer.commit.before')
      return each
    })
    await failpoint('consumer.commit.after')
    const tally = sum([ignored, ...tallies])
    if (tally.counts.handled) consumer.handler.committed?.()
    return tally
  }

/** Workspaces in id order, so that two batches lock in the same order. */
const byWorkspace = (readings: readonly Owned[]): [string, Owned[]][] =>
  [...Map.groupBy(readings, ({ workspaceId }) => workspaceId)].sort(([a], [b]) => (a < b ? -1 : 1))

/** What came for parked keys waits behind them; what cannot be read is buried; the rest is applied. */
async function applyGroup(
  trx: Transaction,
  { name, handler }: ConsumerOptions,
  workspaceId: string,
  group: readonly Owned[],
): Promise<Tally> {
  const keys = group.map(({ message }) => message.key)
  const parked = await parkedAmong(trx, workspaceId, name, keys)
  const waiting = group.filter(({ message }) => parked.has(message.key)).map(({ message }) => message)
  if (waiting.length > 0) await appendParked(trx, workspaceId, name, waiting)
  const open = group.filter(({ message }) => !parked.has(message.key))
  const events = open.flatMap((reading) => (reading.kind === 'event' ? [reading.event] : []))
  const applied = await apply(trx, workspaceId, name, handler, events)
  const unreadable = open.filter((reading) => reading.kind === 'unreadable')
  for (const reading of unreadable) await bury(trx, { ...reading, consumer: name })
  return sum([applied, counted('parked', waiting.length), counted('dead', unreadable.length)])
}
