import { until } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { repeat } from './repeat.ts'

const LONG_MS = 3_600_000

describe('repeat', () => {
  it('goes on after a failure, and tells it', async () => {
    let times = 0
    const told: object[] = []
    const log = { warn: (fields: object) => void told.push(fields) }
    const work = async () => {
      times += 1
      if (times === 1) throw new Error('once')
    }
    await using _sweep = repeat('sweep', 1, work, log)
    await until(() => times > 2, { what: 'a third time' })
    expect(told).toEqual([{ err: new Error('once'), sweep: 'sweep' }])
  })

  it('asked while it works, works once more and never twice at once', async () => {
    let [times, atOnce, most] = [0, 0, 0]
    const gate = Promise.withResolvers<void>()
    const work = async () => {
      times += 1
      atOnce += 1
      most = Math.max(most, atOnce)
      await gate.promise
      atOnce -= 1
    }
    await using sweep = repeat('sweep', LONG_MS, work, { warn: () => {} })
    sweep.now()
    sweep.now()
    sweep.now()
    gate.resolve()
    await until(() => times === 2, { what: 'one time more' })
    expect(most).toBe(1)
  })

  it('disposed of, waits for the one that runs and begins no other', async () => {
    let times = 0
    const gate = Promise.withResolvers<void>()
    const work = async () => {
      await gate.promise
      times += 1
    }
    const sweep = repeat('sweep', LONG_MS, work, { warn: () => {} })
    sweep.now()
    sweep.now()
    const disposed = sweep[Symbol.asyncDispose]()
    gate.resolve()
    await disposed
    sweep.now()
    expect(times).toBe(1)
  })
})
