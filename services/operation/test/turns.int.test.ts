import { openTemporal, type TestTemporal, until } from '@umbel/test-kit'
import { operationWorkflowId } from '@umbel/workflows/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

const PAGE = 10
const PAGES = 5
const PLACES = 2
const QUEUED = 4

interface Begun {
  readonly workspaceId: string
  readonly operationId: string
}

let world: TestOperation
let temporal: TestTemporal
beforeAll(async () => {
  // a page is a slice, and there will be one slice at a time: what is seen is who gets the next turn
  world = await startTestOperation({ pageSize: PAGE, sliceMs: 0 })
  world.small.add(children(PAGE * PAGES))
  temporal = await openTemporal()
})
afterAll(async () => {
  await temporal?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const untilWaiting = (begun: Begun) =>
  until(
    async () => {
      const { raw } = await temporal.client.workflow.getHandle(operationWorkflowId(begun)).describe()
      return raw.pendingActivities?.length === 1
    },
    { what: `the slice of ${begun.operationId}` },
  )
const ended = ({ operationId }: Begun) =>
  world.small.pages.filter((page) => page.operationId === operationId).length === PAGES

/** Begins without a worker, so that everybody is there before the first turn. */
async function beginAll(others: readonly { workspaceId: string; begin(): Promise<string> }[]): Promise<Begun[]> {
  const begun: Begun[] = []
  const { workspaceId } = world
  for (let at = 0; at < PLACES + QUEUED; at += 1) begun.push({ workspaceId, operationId: await world.begin() })
  for (const other of others) begun.push({ workspaceId: other.workspaceId, operationId: await other.begin() })
  return begun
}

describe('workspaces, one of them with many operations', () => {
  it('take turns, and nobody waits for more than two slices of each other workspace', async () => {
    const others = [await world.elsewhere(), await world.elsewhere(), await world.elsewhere()]
    const begun = await beginAll(others)
    const placed = begun.filter((_, at) => at < PLACES || at >= PLACES + QUEUED)
    // a turn is given by choice only where everybody who could have it waits for it
    world.small.trouble.beforePage = async ({ operationId }) => {
      for (const rival of placed) if (rival.operationId !== operationId && !ended(rival)) await untilWaiting(rival)
    }
    await using _worker = await world.startWorker({ slots: { people: 1, sync: 1 } })
    await until(() => begun.every(ended), { what: 'the last page', deadlineMs: 25_000 })
    const turns = world.small.pages.map(({ workspaceId }) => workspaceId)

    // by the places alone, so also on a server that knows no fairness keys
    for (const { workspaceId } of others) {
      const own = turns.flatMap((each, turn) => (each === workspaceId ? [turn] : []))
      const waited = own.map((turn, at) => turn - (own[at - 1] ?? -1) - 1)
      expect(Math.max(...waited)).toBeLessThanOrEqual(PLACES * others.length)
    }
    // by the server: five each of the first twenty, one more or less at either end; first come, first served would give
    // the busy one eight and the others four, since it has two slices there at a time
    const shared = turns.slice(0, PAGES * (others.length + 1))
    const counted = [world, ...others].map(({ workspaceId }) => shared.filter((each) => each === workspaceId).length)
    expect(Math.max(...counted) - Math.min(...counted)).toBeLessThanOrEqual(2)
  })
})
