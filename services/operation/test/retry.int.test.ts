import { NotificationState } from '@umbel/contracts'
import { unavailable } from '@umbel/kernel'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation({ pageSize: 10 })
  worker = await world.startWorker()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(20))
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const retry = (operationId: string, key = '') =>
  world.rpc.retryFailed({ workspaceId: world.workspaceId, operationId, idempotency: { key, digest: new Uint8Array() } })
const ids = () => [...world.small.tickets.keys()]

describe('trying again what failed', () => {
  it('reaches the children that failed and no others', async () => {
    for (const id of ids().slice(0, 3)) world.small.failing.add(id)
    const id = await world.begin()
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ applied: 17n, failed: 3n })
    world.small.failing.clear()
    const first = await retry(id, 'again')
    expect(first).toMatchObject({ children: 3n, notifications: 0n })
    expect(await retry(id, 'again')).toMatchObject({ children: 3n }) // the same press
    await until(async () => (await world.get(id))?.progress?.applied === 20n, { what: 'every child' })
    await world.untilState(id, 'finished')
    expect([...world.small.changes.values()].every((count) => count === 1)).toBe(true)
    await expect(retry(id)).rejects.toMatchObject({ slug: 'nothing-failed' })
  })

  it('that fail again are counted again', async () => {
    for (const id of ids().slice(0, 3)) world.small.failing.add(id)
    const id = await world.begin()
    await world.untilState(id, 'finished')
    await retry(id)
    await until(async () => (await world.get(id))?.progress?.failed === 3n, { what: 'the failures' })
    expect((await world.get(id))?.progress).toMatchObject({ total: 20n, applied: 17n, failed: 3n, pending: 0n })
  })

  it('lets notification send again what it could not, under the new epoch', async () => {
    const id = await world.begin()
    await world.untilState(id, 'finished')
    const say = (state: NotificationState, version: number, ticketIds: readonly string[]) =>
      world.notify({ operationId: id, ticketIds, version, state })
    await say(NotificationState.FAILED, 1, ids().slice(0, 2))
    await say(NotificationState.SENT, 2, ids().slice(2))
    await until(async () => (await world.get(id))?.finishedAt !== undefined, { what: 'the finish' })
    expect(await retry(id)).toMatchObject({
      children: 0n,
      notifications: 2n,
      operation: { state: 'finished', epoch: 2n },
    })
    expect(world.small.retries).toContainEqual({ operationId: id, epoch: 2 })
    expect((await world.get(id))?.finishedAt).toBeUndefined()
    await say(NotificationState.SENT, 3, ids().slice(0, 2))
    await until(async () => (await world.get(id))?.finishedAt !== undefined, { what: 'the second finish' })
    expect((await world.get(id))?.progress).toMatchObject({ sent: 20n, sendFailed: 0n })
  })

  it('called off before notification heard of it, leaves no mail that waits for ever', async () => {
    const id = await world.begin()
    await world.untilState(id, 'finished')
    const [ticketId = '', ...rest] = ids()
    await world.notify({ operationId: id, ticketIds: [ticketId], version: 1, state: NotificationState.FAILED })
    await world.notify({ operationId: id, ticketIds: rest, version: 2, state: NotificationState.SENT })
    await until(async () => (await world.get(id))?.finishedAt !== undefined, { what: 'the finish' })
    world.small.trouble.beforeRetry = () => {
      throw unavailable('notification-away', 'nobody is there')
    }
    await expect(retry(id)).rejects.toThrow()
    world.small.trouble = {}
    const called = { workspaceId: world.workspaceId, operationId: id }
    expect((await world.rpc.cancelOperation(called)).operation?.state).toBe('cancelled')
    await world.rpc.cancelOperation(called)
    // notification has them again, so that what it withholds it also tells
    expect(world.small.retries.filter(({ operationId }) => operationId === id)).toHaveLength(1)
    expect(world.small.holds.get(id)?.word).toBe('withheld')
    await world.notify({ operationId: id, ticketIds: [ticketId], version: 3, state: NotificationState.WITHHELD })
    await until(async () => (await world.get(id))?.finishedAt !== undefined, { what: 'the end' })
  })

  it('is refused for what was called off', async () => {
    const id = await world.begin({ holdSeconds: 600 })
    await world.rpc.cancelOperation({ workspaceId: world.workspaceId, operationId: id })
    await expect(retry(id)).rejects.toMatchObject({ slug: 'operation-finished' })
  })
})
