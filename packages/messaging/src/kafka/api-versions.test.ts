import { describe, expect, it } from 'vitest'
import { checkVersions } from './api-versions.ts'

const KEYS = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 19, 22]
const broker = (oldest: Record<number, number> = {}) => new Map(KEYS.map((key) => [key, oldest[key] ?? 0]))

describe('the API versions of a broker', () => {
  it('pass when it takes what our client speaks', () => {
    expect(() => checkVersions(broker({ 0: 3, 1: 4, 2: 1, 3: 0, 11: 2, 19: 2 }))).not.toThrow()
    expect(() => checkVersions(broker({ 1: 11 }))).not.toThrow()
  })

  it('fail with the names of what it no longer takes', () => {
    expect(() => checkVersions(broker({ 1: 12, 9: 5 }))).toThrow(
      'Fetch (we speak up to 11, it wants at least 12), OffsetFetch (we speak up to 4, it wants at least 5)',
    )
  })

  it('fail when an API is gone', () => {
    const without = broker()
    without.delete(22)
    expect(() => checkVersions(without)).toThrow('InitProducerId (we speak up to 1, it wants none)')
  })
})
