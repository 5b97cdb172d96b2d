import { describe, expect, it } from 'vitest'
import { firstSlice, nextSlice, resultOf } from './slices.ts'

const input = {
  workspaceId: 'w',
  operationId: 'o',
  masterId: 'm',
  kind: 'broadcast',
  itemsTotal: 1000,
  state: 'running',
  epoch: 1,
  holdMs: 0,
  link: '',
}
const end = {
  state: 'running',
  closed: false,
  rate: 0,
  failures: { 'text-refused': 1 },
  applied: 250,
  skipped: 2,
  failed: 1,
  cancelled: 0,
  left: 747,
  halted: false,
  waitMs: 0,
}

describe('the slices of an operation', () => {
  it('begin with everything left and nothing to wait for', () => {
    expect(firstSlice(input)).toMatchObject({ slice: 0, left: 1000, halted: false, waitMs: 0, closed: false })
  })

  it('wait out what was left of the hold; a launch may come after its end', () => {
    expect(firstSlice({ ...input, state: 'holding', holdMs: 15_000 })).toMatchObject({ halted: false, waitMs: 15_000 })
    expect(firstSlice({ ...input, holdMs: -5 }).waitMs).toBe(0)
  })

  it('wait to be told while the operation is queued or paused', () => {
    expect(firstSlice({ ...input, state: 'queued' }).halted).toBe(true)
    expect(firstSlice({ ...input, state: 'paused' }).halted).toBe(true)
  })

  it('take the counts of the database, so that a slice that ran twice counts once', () => {
    const once = nextSlice(firstSlice(input), end)
    expect(nextSlice(once, end)).toEqual({ ...once, slice: 2 })
  })

  it('end as the operation ended', () => {
    const done = nextSlice(firstSlice(input), { ...end, state: 'cancelled', closed: true, cancelled: 747, left: 0 })
    expect(resultOf(done)).toEqual({ state: 'cancelled', applied: 250, skipped: 2, failed: 1, cancelled: 747, left: 0 })
  })
})
