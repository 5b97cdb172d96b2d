import { describe, expect, it } from 'vitest'
import { readAhead } from './read-ahead.ts'

const until3 = (log: string[], failAt = 0) =>
  (async function* () {
    try {
      for (let page = 1; page <= 3; page += 1) {
        log.push(`asked ${page}`)
        if (page === failAt) throw new Error('away')
        yield page
      }
    } finally {
      log.push('ended')
    }
  })()

describe('reading ahead', () => {
  it('gives every page in order, each asked for while the one before is worked on', async () => {
    const log: string[] = []
    for await (const page of readAhead(until3(log))) {
      await Promise.resolve()
      log.push(`worked on ${page}`)
    }
    expect(log.filter((line) => line.startsWith('worked'))).toEqual(['worked on 1', 'worked on 2', 'worked on 3'])
    expect(log.indexOf('asked 2')).toBeLessThan(log.indexOf('worked on 1'))
  })

  it('tells what failed after what came before it', async () => {
    const log: string[] = []
    const reading = async () => {
      for await (const page of readAhead(until3(log, 2))) log.push(`worked on ${page}`)
    }
    await expect(reading()).rejects.toThrow('away')
    expect(log).toContain('worked on 1')
  })

  it('ends the source where nobody wants more', async () => {
    const log: string[] = []
    for await (const _ of readAhead(until3(log, 2))) break
    expect(log.at(-1)).toBe('ended')
  })
})
