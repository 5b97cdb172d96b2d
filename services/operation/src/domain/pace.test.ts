import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leftUntil, pageDue, pageLimit, repaced } from './pace.ts'

const at = new Date('2026-01-01T00:00:00Z')
const seconds = (count: number) => new Date(at.getTime() + count * 1000)

describe('the pace of an operation', () => {
  it('is its own where no rate is set', () => {
    expect(pageLimit(0, 250)).toBe(250)
    expect(pageDue(0, 250, at)).toBeNull()
  })

  it('spreads the children over the minute', () => {
    expect(pageLimit(60, 250)).toBe(5)
    expect(pageDue(60, 5, at)).toEqual(seconds(5))
    expect(pageLimit(1, 250)).toBe(1)
    expect(pageLimit(100_000, 250)).toBe(250)
  })

  it('never lets more through than the rate and one page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 600_000 }), (rate, ms) => {
        let [now, children] = [0, 0]
        const size = pageLimit(rate, 250)
        while (now < ms && children < 100_000) {
          children += size
          now += leftUntil(pageDue(rate, size, at), at)
        }
        expect(children).toBeLessThanOrEqual((rate * Math.max(now, ms)) / 60_000 + size)
      }),
    )
  })

  it('takes the part of a wait that is left along to another rate', () => {
    const waiting = { rate: 60, pageDueAt: seconds(10) }
    expect(repaced(waiting, 600, at)).toEqual(seconds(1))
    expect(repaced(waiting, 30, at)).toEqual(seconds(20))
    expect(repaced(waiting, 0, at)).toBeNull()
    expect(repaced({ rate: 60, pageDueAt: seconds(-1) }, 30, at)).toEqual(at)
    expect(repaced({ rate: 0, pageDueAt: null }, 30, at)).toBeNull()
  })

  it('has nothing left to wait for once its time has come', () => {
    expect(leftUntil(seconds(2), at)).toBe(2000)
    expect(leftUntil(seconds(-2), at)).toBe(0)
    expect(leftUntil(null, at)).toBe(0)
  })
})
