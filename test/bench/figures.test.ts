import { describe, expect, it } from 'vitest'
import { spreadOf } from './figures.ts'

describe('a figure over several runs', () => {
  it('is the middle one, with the lowest and the highest', () =>
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 }))
  it('lies between the two in the middle of an even number', () =>
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 }))
  it('of nothing is nothing', () => expect(spreadOf([])).toEqual({ median: 0, low: 0, high: 0 }))
})
