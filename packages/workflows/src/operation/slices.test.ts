import { describe, expect, it } from 'vitest'
import { firstSlice, isDone, nextSlice, resultOf } from './slices.ts'

const end = { applied: 250, skipped: 2, failed: 1, cancelled: 0, left: 747, halted: false }

describe('the slices of an operation', () => {
  it('begin with everything left', () => {
    expect(firstSlice({ itemsTotal: 1000 })).toMatchObject({ slice: 0, left: 1000, halted: false })
  })

  it('run at least once, also without a single item: the slice closes the operation', () => {
    const cursor = firstSlice({ itemsTotal: 0 })
    expect(isDone(cursor)).toBe(false)
    expect(isDone(nextSlice(cursor, { ...end, left: 0 }))).toBe(true)
  })

  it('take the counts of the database, so that a slice that ran twice counts once', () => {
    const once = nextSlice(firstSlice({ itemsTotal: 1000 }), end)
    expect(nextSlice(once, end)).toEqual({ ...once, slice: 2 })
  })

  it('are halted only while something is left', () => {
    const cursor = firstSlice({ itemsTotal: 1000 })
    expect(nextSlice(cursor, { ...end, halted: true }).halted).toBe(true)
    expect(nextSlice(cursor, { ...end, halted: true, left: 0 }).halted).toBe(false)
  })

  it('end as cancelled where items never had their turn', () => {
    const done = nextSlice(firstSlice({ itemsTotal: 1000 }), { ...end, cancelled: 747, left: 0 })
    expect(resultOf(done)).toEqual({ state: 'cancelled', applied: 250, skipped: 2, failed: 1, cancelled: 747, left: 0 })
  })
})
