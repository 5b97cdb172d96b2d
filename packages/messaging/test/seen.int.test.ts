import { newId } from '@umbel/kernel/ids'
import type { TestDatabase } from '@umbel/test-kit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enterWorkspace, moveSeen, sweepInbox, type Transaction, takeInbox, type Versioned } from '../src/index.ts'
import { messagingDatabase, openSource } from './fixture.ts'

describe('what was seen', () => {
  let database: TestDatabase<{ app: string; relay: string; claimer: string }>
  let app: ReturnType<typeof openSource>
  beforeAll(async () => {
    database = await messagingDatabase()
    app = openSource(database.urls.app)
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  const within = <T>(workspaceId: string, work: (trx: Transaction) => Promise<T>): Promise<T> =>
    app.transaction(async (trx) => {
      enterWorkspace(trx, workspaceId)
      return work(trx)
    })
  const move = (workspaceId: string, events: readonly Versioned[], consumer = 'sla.on-ticket-event') =>
    within(workspaceId, (trx) => moveSeen(trx, workspaceId, consumer, events))
  const ticket = (...versions: number[]): Versioned[] => versions.map((version) => ({ streamKey: 'ticket:1', version }))

  it('tells fresh, repeated and missing versions apart, several of one key at once', async () => {
    const workspace = newId()
    expect(await move(workspace, ticket(1, 2, 2, 3))).toEqual(['fresh', 'fresh', 'repeat', 'fresh'])
    expect(await move(workspace, ticket(3, 4, 7, 8))).toEqual(['repeat', 'fresh', 'gap', 'fresh'])
    expect(await move(workspace, ticket(5, 6, 8))).toEqual(['repeat', 'repeat', 'repeat'])
    expect(await move(workspace, [])).toEqual([])
  })

  it('keeps streams, consumers and workspaces apart', async () => {
    const [one, other] = [newId(), newId()]
    await move(one, ticket(1, 2))
    expect(await move(other, ticket(1))).toEqual(['fresh'])
    expect(await move(one, ticket(1), 'linking.on-ticket-event')).toEqual(['fresh'])
    expect(await move(one, [{ streamKey: 'links:1', version: 1 }, ...ticket(2)])).toEqual(['fresh', 'repeat'])
  })

  it('forgets what a transaction that failed had seen', async () => {
    const workspace = newId()
    const failed = within(workspace, async (trx) => {
      await moveSeen(trx, workspace, 'c', ticket(1))
      throw new Error('not today')
    })
    await expect(failed).rejects.toThrow('not today')
    expect(await move(workspace, ticket(1), 'c')).toEqual(['fresh'])
  })

  it('lets one of two members that hold the same messages apply them', async () => {
    const workspace = newId()
    const keys = Array.from({ length: 50 }, (_, at) => ({ streamKey: `ticket:${at}`, version: 1 }))
    const both = await Promise.all([move(workspace, keys), move(workspace, keys.toReversed())])
    const fresh = both.flat().filter((seen) => seen === 'fresh')
    expect(fresh).toHaveLength(50)
  })

  it('applies each version at most once and none after a later one, whatever comes in whatever batches', async () => {
    const versions = fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(versions, async (batches) => {
        const workspace = newId()
        let at = 0
        for (const batch of batches) {
          const seen = await move(workspace, ticket(...batch))
          for (const [index, version] of batch.entries()) {
            expect(seen[index]).toBe(version <= at ? 'repeat' : version === at + 1 ? 'fresh' : 'gap')
            at = Math.max(at, version)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('takes input without versions once per sender and id, and forgets it after 14 days', async () => {
    const workspace = newId()
    const take = (...ids: string[]) =>
      within(workspace, (trx) =>
        takeInbox(
          trx,
          workspace,
          'ticket.on-upstream-event',
          ids.map((eventId) => ({ source: '/jira/acme', eventId })),
        ),
      )
    expect(await take('a', 'b', 'a')).toEqual([true, true, false])
    expect(await take('b', 'c')).toEqual([false, true])
    await within(workspace, (trx) =>
      trx.raw("update inbox set received_at = received_at - interval '15 days' where event_id <> 'c'"),
    )
    expect(await within(workspace, (trx) => sweepInbox(trx, workspace))).toBe(2)
    expect(await take('a', 'c')).toEqual([true, false])
  })
})
