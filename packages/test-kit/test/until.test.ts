import { expect, it } from 'vitest'
import { until } from '../src/until.ts'

it('asks until there is an answer, past failures, and returns it', async () => {
  let asked = 0
  const answer = await until(
    () => {
      asked += 1
      if (asked === 1) throw new Error('not yet')
      return asked > 2 ? 'here' : undefined
    },
    { what: 'the third answer' },
  )
  expect(answer).toBe('here')
})

it('says what it waited for and what came last', async () => {
  const waiting = until(() => 0, { deadlineMs: 20, what: 'a mail' })
  await expect(waiting).rejects.toThrow('waited 20 ms for a mail; the last answer was 0')
  const failing = until(() => Promise.reject(new Error('no socket')), { deadlineMs: 20, what: 'a mail' })
  await expect(failing).rejects.toThrow('waited 20 ms for a mail; the last try failed: Error: no socket')
})
