import type { Transaction } from '@umbel/messaging'
import { createLogger } from '@umbel/service-kit'
import { expect, it } from 'vitest'
import type { Operation } from './domain/operation.ts'
import type { Telling } from './store/operation-store.ts'
import { logStates } from './telemetry.ts'

const known = { id: 'o-1', kind: 'broadcast', text: 'It is fixed, Ana', pauseReason: '' }
const at = (state: string) => ({ ...known, state }) as Operation

/** What is logged of a move, in a transaction that ends like this. */
async function logged(more: Partial<Telling>, end: Promise<unknown> = Promise.resolve()) {
  const lines: string[] = []
  const told: Telling[] = []
  const log = createLogger({ service: 'operation', level: 'info', write: (line) => lines.push(line) })
  const telling: Telling = {
    workspaceId: 'w-1',
    before: at('running'),
    operation: at('paused'),
    streamVersion: 4,
    recordedAt: new Date(0),
    actorId: 'a-1',
    ...more,
  }
  const tell = logStates(log, async (_, each) => void told.push(each))
  await tell({ executionPromise: end } as Transaction, telling)
  await end.catch(() => undefined)
  await new Promise(setImmediate)
  expect(told).toEqual([telling])
  return lines.map((line) => JSON.parse(line))
}

it('says who brought which operation from which state to which, and nothing of its text', async () => {
  const lines = await logged({})
  expect(lines).toMatchObject([
    { workspaceId: 'w-1', operationId: 'o-1', kind: 'broadcast', from: 'running', to: 'paused', actorId: 'a-1' },
  ])
  expect(JSON.stringify(lines)).not.toContain('Ana')
})

it('says that a plan was made, and what the house did by itself', async () => {
  const planned = await logged({ before: at('planned'), operation: at('planned'), streamVersion: 1 })
  expect(planned).toMatchObject([{ from: null, to: 'planned' }])
  const tripped = await logged({ operation: { ...at('paused'), pauseReason: 'breaker' }, actorId: '' })
  expect(tripped).toMatchObject([{ to: 'paused', actorId: null, pauseReason: 'breaker' }])
})

it('says nothing where the state stays, or the transaction is rolled back', async () => {
  expect(await logged({ operation: at('running') })).toEqual([])
  expect(await logged({}, Promise.reject(new Error('rolled back')))).toEqual([])
})
