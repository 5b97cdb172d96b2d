import { describe, expect, it } from 'vitest'
import { pageOf, readTable, stillBroken } from './table.ts'

describe('the reliability table', async () => {
  const { data, page } = await readTable()

  it('is what its artefacts say, word for word', () => {
    expect(page).toBe(pageOf(data))
  })

  it('counts no broken promise', () => {
    expect(stillBroken(data.runs).map(({ fault, scenario }) => `${fault} during ${scenario}`)).toEqual([])
  })
})
