import { expect, it } from 'vitest'
import { sharedFor } from './shared-for.ts'

function world() {
  let now = 0
  let asked = 0
  const shared = sharedFor<number>(100, () => now)
  return {
    at: (ms: number) => {
      now = ms
    },
    ask: (key: string) => shared(key, async () => ++asked),
    fail: (key: string) => shared(key, () => Promise.reject(new Error('away'))),
  }
}

it('gives one answer to all who ask the same while it is young', async () => {
  const { ask, at } = world()
  expect(await Promise.all([ask('a'), ask('a'), ask('b'), ask('b')])).toEqual([1, 1, 2, 2])
  at(99)
  expect(await ask('a')).toBe(1)
  at(100)
  expect([await ask('a'), await ask('b'), await ask('a')]).toEqual([3, 4, 3])
})

it('gives a failure to those who wait for it, and to nobody after them', async () => {
  const { ask, fail } = world()
  const waiting = [fail('a'), ask('a')]
  for (const each of waiting) await expect(each).rejects.toThrow('away')
  expect(await ask('a')).toBe(1)
})
