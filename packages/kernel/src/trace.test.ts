import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { currentTraceparent, newTraceparent, withTrace } from './trace.ts'

it('follows the work over awaits and keeps traces apart', async () => {
  const seen = (traceparent: string) =>
    withTrace(traceparent, async () => {
      await turn()
      return currentTraceparent()
    })
  const [one, two] = [newTraceparent(), newTraceparent()]
  expect(await Promise.all([seen(one), seen(two)])).toEqual([one, two])
  expect(currentTraceparent()).toBeUndefined()
})

it('begins a new trace where there is none, or one that nobody can read', () => {
  const found = [undefined, 'nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`].map((traceparent) =>
    withTrace(traceparent, currentTraceparent),
  )
  for (const traceparent of found) expect(traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/)
  expect(new Set(found).size).toBe(3)
})
