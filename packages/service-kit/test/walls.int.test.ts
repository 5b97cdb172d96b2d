import { newId } from '@umbel/kernel/ids'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../src/store/index.ts'
import { openApp, sampleDatabase } from './fixture.ts'

let sample: Awaited<ReturnType<typeof sampleDatabase>>
let one: Database
beforeAll(async () => {
  sample = await sampleDatabase()
  one = openApp(sample.urls.app, 1)
})
afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await sample[Symbol.asyncDispose]()
})

const endings = ['committed', 'rolled-back', 'broken', 'cancelled', 'bare'] as const

/** One borrower of the only connection: writes, ends in its own way, and tells which workspaces it saw. */
async function borrow(workspaceId: string, id: number, ending: (typeof endings)[number]): Promise<string[]> {
  let seen: string[] = []
  const work = async (trx: Parameters<Parameters<Database['transaction']>[0]>[0]) => {
    const { rows } = await trx.raw<{ rows: { workspace_id: string }[] }>('select distinct workspace_id from note')
    seen = rows.map((row) => row.workspace_id)
    if (ending === 'bare') return
    await trx.raw('insert into note (workspace_id, id) values (?, ?)', [workspaceId, id])
    if (ending === 'rolled-back') throw new Error('on purpose')
    if (ending === 'broken') await trx.raw('select 1 / 0')
    if (ending === 'cancelled') await trx.raw("set local statement_timeout = '1ms'; select pg_sleep(1)")
  }
  const asked = ending === 'bare' ? one.transaction(work) : one.withWorkspace(workspaceId, work)
  await (ending === 'committed' || ending === 'bare' ? asked : expect(asked).rejects.toThrow())
  return seen
}

it('shows no borrower of one connection what another workspace wrote, however each ends', async () => {
  const workspaces = Array.from({ length: 5 }, newId)
  const step = fc.tuple(fc.constantFrom(...workspaces), fc.constantFrom(...endings))
  let id = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const borrowed = steps.map(async ([workspaceId, ending]) => {
        const seen = await borrow(workspaceId, ++id, ending)
        expect(seen.filter((other) => ending === 'bare' || other !== workspaceId)).toEqual([])
      })
      await Promise.all(borrowed)
    }),
    { numRuns: 25 },
  )
})
