import { NotificationState } from '@umbel/contracts'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation()
  worker = await world.startWorker()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

describe('an operation', () => {
  it('reaches each child once, and says so', async () => {
    world.small.add(children(200))
    const began = performance.now()
    const id = await world.begin()
    await world.untilState(id, 'finished')
    console.log('took', performance.now() - began, await world.get(id))
    const operation = await world.get(id)
    expect(operation?.progress).toMatchObject({ total: 200n, applied: 200n, pending: 0n, notificationsOwed: 200n })
    expect(operation?.closedAt).toBeDefined()
    expect(operation?.finishedAt).toBeUndefined()
    expect([...world.small.changes.values()].every((count) => count === 1)).toBe(true)
  })

  it('is finished when the last requester has been told, however often it is said', async () => {
    const told = [...world.small.tickets.keys()]
    const { operations } = await world.rpc.listOperations({ workspaceId: world.workspaceId })
    const operationId = operations[0]?.id ?? ''
    for (const ticketId of told.slice(0, 2))
      await world.notify({ operationId, ticketId, version: 1, state: NotificationState.PENDING })
    for (const ticketId of [...told, ...told])
      await world.notify({ operationId, ticketId, version: 2, state: NotificationState.SENT })
    await until(async () => (await world.get(operationId))?.finishedAt !== undefined, { what: 'the finish' })
    expect((await world.get(operationId))?.progress).toMatchObject({ notificationsOwed: 200n, sent: 200n })
  })
})
