import { openTemporal, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
let sent: number[]
beforeAll(async () => {
  world = await startTestOperation({ pageSize: 50 })
  worker = await world.startWorker()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(100))
  sent = []
  world.small.trouble.beforePage = ({ items }) => void sent.push(...items.map(() => performance.now()))
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })
const handleOf = async (operationId: string, temporal: Awaited<ReturnType<typeof openTemporal>>) =>
  temporal.client.workflow.getHandle((await world.get(operationId))?.workflowId ?? '')

describe('a rate', () => {
  it('spreads the children over time, across slices', async () => {
    const id = await world.begin({ rate: 60 * 20 }) // 20 children a second, 100 at most in a page
    await until(() => sent.length === 100, { what: 'every child', deadlineMs: 20_000 })
    await world.untilState(id, 'finished')
    const [first = 0, last = 0] = [sent[0], sent.at(-1)]
    expect(last - first).toBeGreaterThanOrEqual(2_400) // the second half waits for the first one's time
  })

  it('is changed while it waits, by who is asked for it and in the Temporal UI', async () => {
    const id = await world.begin({ rate: 60 })
    await until(() => sent.length === 5, { what: 'the first page' })
    const { operation } = await world.rpc.setOperationRate({ ...asked(id), rate: 1 })
    expect(operation?.rate).toBe(1)
    await using temporal = await openTemporal()
    const handle = await handleOf(id, temporal)
    await expect(handle.executeUpdate('setRate', { args: [1.5] })).rejects.toThrow()
    expect(await handle.executeUpdate('setRate', { args: [0] })).toMatchObject({ rate: 0 })
    await world.untilState(id, 'finished')
    expect(sent).toHaveLength(100)
  })

  it('is refused where it is none, and where nothing is left to do', async () => {
    const id = await world.begin()
    await expect(world.rpc.setOperationRate({ ...asked(id), rate: 100_001 })).rejects.toMatchObject({
      slug: 'rate-out-of-range',
    })
    await world.untilState(id, 'finished')
    await expect(world.rpc.setOperationRate({ ...asked(id), rate: 5 })).rejects.toMatchObject({
      slug: 'operation-finished',
    })
  })
})

describe('a hold', () => {
  it('ends by the database’s clock, whatever the workflow was told', async () => {
    const id = await world.begin({ holdSeconds: 2 })
    await using temporal = await openTemporal()
    const handle = await handleOf(id, temporal)
    await handle.signal('wake', { state: 'holding' }) // it looks too early and waits again
    await world.untilState(id, 'finished')
    const { acceptedAt, holdEndsAt, closedAt } = (await world.get(id)) ?? {}
    expect(Number(holdEndsAt?.seconds) - Number(acceptedAt?.seconds)).toBe(2)
    expect(Number(closedAt?.seconds)).toBeGreaterThanOrEqual(Number(holdEndsAt?.seconds))
  })
})
