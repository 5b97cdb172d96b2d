import type { Cause } from './cause.ts'
import { addDifference, type Contribution, isEmptyDelta, noDelta, type RollupDelta } from './contribution.ts'

/** What a transaction does to rollups, gathered so that each master is touched once and in id order. */
export interface Tally {
  add(masterId: string, cause: Cause, before: Contribution | undefined, after: Contribution | undefined): void
  /** A master whose latest reply moved though its counters did not. */
  touch(masterId: string, cause: Cause): void
  deltaOf(masterId: string, cause: Cause): RollupDelta
  masters(): readonly { readonly masterId: string; readonly cause: Cause; readonly delta: RollupDelta }[]
}

export function createTally(): Tally {
  const byMaster = new Map<string, { cause: Cause; delta: RollupDelta }>()
  const touched = new Set<string>()
  const entry = (masterId: string, cause: Cause) => {
    const { delta } = byMaster.get(masterId) ?? { delta: noDelta() }
    byMaster.set(masterId, { cause, delta })
    return delta
  }
  return {
    add: (masterId, cause, before, after) => addDifference(entry(masterId, cause), before, after),
    touch(masterId, cause) {
      entry(masterId, cause)
      touched.add(masterId)
    },
    deltaOf: entry,
    masters: () =>
      [...byMaster]
        .map(([masterId, { cause, delta }]) => ({ masterId, cause, delta }))
        .filter(({ masterId, delta }) => touched.has(masterId) || !isEmptyDelta(delta))
        .sort((a, b) => (a.masterId < b.masterId ? -1 : 1)),
  }
}
