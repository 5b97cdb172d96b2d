import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { makeCast } from './cast.ts'

it('has the customer whom the page on operations gives away, and nobody else has such a word', async () => {
  const page = await readFile(new URL('../../../../docs/using/operations.md', import.meta.url), 'utf8')
  const [, leak = ''] = /--text "(As .+ told us[^"]*)" --hold 60/.exec(page) ?? []
  const given = makeCast('run').filter(({ company }) => leak.includes(company))
  expect(given.map(({ company }) => company)).toEqual(['Northwind Traders'])
  expect(given[0]?.tokens).toContain('Northwind Traders')
})

it('marks eight customers, no two of them by the same word', () => {
  const words = makeCast('run').flatMap(({ tokens }) => tokens)
  expect(new Set(words).size).toBe(words.length)
  expect(words.length).toBe(8 * 5 + 1)
})
