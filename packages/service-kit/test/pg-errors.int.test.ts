import { newId } from '@umbel/kernel/ids'
import { expect, it } from 'vitest'
import { openApp, sampleDatabase } from './fixture.ts'

/** Two transactions that each hold a row and want the other's. */
it('tells a deadlock as unavailable and a row that is held as a conflict', async () => {
  await using sample = await sampleDatabase()
  await using app = openApp(sample.urls.app)
  const workspaceId = newId()
  await app.withWorkspace(workspaceId, (trx) =>
    trx.raw('insert into note (workspace_id, id) values (?, 1), (?, 2)', [workspaceId, workspaceId]),
  )
  const met = Promise.withResolvers<void>()
  let holding = 0
  const grab = (mine: number, theirs: number) =>
    app.withWorkspace(workspaceId, async (trx) => {
      await trx.raw('select from note where id = ? for update', [mine])
      if (++holding === 2) met.resolve()
      await met.promise
      await trx.raw('select from note where id = ? for update', [theirs])
    })
  const ends = await Promise.allSettled([grab(1, 2), grab(2, 1)])
  const failed = ends.filter((end) => end.status === 'rejected')
  expect(failed).toHaveLength(1)
  expect(failed[0]?.reason).toMatchObject({ kind: 'unavailable' })

  await app.withWorkspace(workspaceId, async (trx) => {
    await trx.raw('select from note where id = 1 for update')
    const impatient = app.withWorkspace(workspaceId, (other) =>
      other.raw('select from note where id = 1 for update nowait'),
    )
    await expect(impatient).rejects.toMatchObject({ kind: 'conflict', slug: 'row-locked' })
  })
})
