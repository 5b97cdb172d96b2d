import { describe, expect, it } from 'vitest'
import { datedRuns, passesSince, storyOf } from './standing.ts'
import { pageOf, readTable } from './table.ts'

describe('the reliability table', async () => {
  const { data, page } = await readTable()

  it('is what its artefacts say, word for word', () => {
    expect(page).toBe(pageOf(data))
  })

  it('knows which invocation each run is of', () => {
    expect(data.made.reduce((sum, { runs }) => sum + runs, 0)).toBe(data.runs.length)
  })

  it('has no broken promise that was not kept at a later commit', () => {
    const runs = datedRuns(data)
    expect(runs.filter((run) => run.findings > 0 && passesSince(run, runs) === 0).map(storyOf)).toEqual([])
  })
})
