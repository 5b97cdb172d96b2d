import { expect, it } from 'vitest'
import { isFailing } from './cause-breaker.ts'

it.each([
  [99, 99, false],
  [100, 5, false],
  [100, 6, true],
  [1_000, 50, false],
  [1_000, 51, true],
])('of %i results %i failed: %s', (results, failed, failing) => {
  expect(isFailing({ results, failed })).toBe(failing)
})
