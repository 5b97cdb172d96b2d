import { unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let id: string
beforeAll(async () => {
  world = await startTestOperation()
})
beforeEach(async () => {
  world.small.forget()
  world.small.add(children(20))
  id = await world.begin({ holdSeconds: 600 })
})
afterAll(async () => world?.[Symbol.asyncDispose]())

const click = (key: string = newId(), digest = 1, operationId = id) => ({
  workspaceId: world.workspaceId,
  operationId,
  idempotency: { key, digest: Uint8Array.of(digest) },
})
const standing = async () => {
  const { state, epoch, rate } = (await world.get(id)) ?? {}
  return { state, epoch, rate }
}

describe('a second click', () => {
  it('on pause, resume, cancel and the rate changes nothing', async () => {
    for (const press of [
      () => world.rpc.pauseOperation(click()),
      () => world.rpc.resumeOperation(click()),
      () => world.rpc.setOperationRate({ ...click(), rate: 60 }),
      () => world.rpc.cancelOperation(click()),
    ]) {
      await press()
      const once = await standing()
      await press()
      expect(await standing()).toEqual(once)
    }
  })
})

describe('a repeat under the same key', () => {
  it('of a pause does not pause what was resumed since', async () => {
    const pause = click()
    expect((await world.rpc.pauseOperation(pause)).operation?.state).toBe('paused')
    const resume = click()
    expect((await world.rpc.resumeOperation(resume)).operation?.state).toBe('holding')
    const resumed = await standing()
    expect((await world.rpc.pauseOperation(pause)).operation?.state).toBe('holding')
    expect(await standing()).toEqual(resumed)
    await world.rpc.pauseOperation(click())
    expect((await world.rpc.resumeOperation(resume)).operation?.state).toBe('paused')
    expect(world.small.fences.get(id)?.halted).toBe(true)
  })

  it('of a pause is no refusal where the operation has ended since', async () => {
    const pause = click()
    await world.rpc.pauseOperation(pause)
    const cancel = click()
    expect(await world.rpc.cancelOperation(cancel)).toMatchObject({ complete: true })
    expect((await world.rpc.pauseOperation(pause)).operation?.state).toBe('cancelled')
    expect(await world.rpc.cancelOperation(cancel)).toMatchObject({ complete: true })
    await expect(world.rpc.pauseOperation(click())).rejects.toMatchObject({ slug: 'operation-finished' })
  })

  it('of a rate leaves alone what was set since', async () => {
    const slow = { ...click(), rate: 60 }
    await world.rpc.setOperationRate(slow)
    await world.rpc.setOperationRate({ ...click(), rate: 600 })
    expect((await world.rpc.setOperationRate(slow)).operation?.rate).toBe(600)
  })

  it('carries on what the first call did not get done', async () => {
    const pause = click()
    const { mailHold } = world.small.peers
    const hold = mailHold.hold
    mailHold.hold = () => {
      mailHold.hold = hold
      return Promise.reject(unavailable('notification-away', 'not now'))
    }
    await expect(world.rpc.pauseOperation(pause)).rejects.toMatchObject({ slug: 'notification-away' })
    expect((await world.rpc.pauseOperation(pause)).operation?.state).toBe('paused')
    expect(world.small.holds.get(id)?.word).toBe('held')
  })

  it('that asks for something else is refused', async () => {
    const pause = click()
    await world.rpc.pauseOperation(pause)
    const other = await world.begin({ holdSeconds: 600 })
    const reused = { slug: 'idempotency-key-reused' }
    await expect(world.rpc.pauseOperation(click(pause.idempotency.key, 2, other))).rejects.toMatchObject(reused)
    await world.rpc.cancelOperation(click(undefined, 1, other))
  })
})
