import { refused, unavailable } from '@umbel/kernel'
import { openTemporal, until } from '@umbel/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

const CHILDREN = 500
const PAGE = 50
const refusedPage = refused('text-refused', 'no')

let world: TestOperation
let worker: AsyncDisposable
beforeEach(async () => {
  world = await startTestOperation({ pageSize: PAGE, sliceMs: 200 })
  world.small.add(children(CHILDREN))
  worker = await world.startWorker()
})
afterEach(async () => {
  await worker[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })
const applied = () => world.small.changes.size
const eachOnce = () => [...world.small.changes.values()].every((count) => count === 1)

/** Something that happens when that many pages have been sent, in the middle of the next one. */
function inPage(number: number, what: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let pages = 0
    world.small.trouble.beforePage = () => {
      pages += 1
      if (pages === number) what().then(resolve, reject)
    }
  })
}

describe('control', () => {
  it.each([1, 4, 9])(
    'paused in page %i, nothing more is applied; resumed, each child is reached once',
    async (page) => {
      let id = ''
      const paused = inPage(page, () => world.rpc.pauseOperation(asked(id)))
      id = await world.begin()
      await paused
      const then = applied()
      const again = await world.rpc.pauseOperation(asked(id))
      expect(again.operation).toMatchObject({ state: 'paused', epoch: 2n })
      await until(async () => (await world.get(id))?.progress?.applied === BigInt(applied()), { what: 'the records' })
      expect(applied()).toBe(then)
      expect(world.small.holds.get(id)?.word).toBe('held')
      await world.rpc.resumeOperation(asked(id))
      expect((await world.rpc.resumeOperation(asked(id))).operation?.epoch).toBe(3n)
      await world.untilState(id, 'finished')
      expect(world.small.holds.get(id)?.word).toBe('released')
      expect((await world.get(id))?.progress?.applied).toBe(BigInt(CHILDREN))
      expect(eachOnce()).toBe(true)
    },
  )

  it.each([2, 7])('cancelled in page %i, every item has an outcome that is true', async (page) => {
    let id = ''
    const cancelled = inPage(page, () => world.rpc.cancelOperation(asked(id)))
    id = await world.begin()
    await cancelled
    const operation = await world.get(id)
    expect(operation?.state).toBe('cancelled')
    const { applied: said = 0n, cancelled: left = 0n, pending } = operation?.progress ?? {}
    expect({ said, sum: said + left, pending }).toEqual({
      said: BigInt(applied()),
      sum: BigInt(CHILDREN),
      pending: 0n,
    })
    expect(world.small.holds.get(id)?.word).toBe('withheld')
    expect(await world.rpc.cancelOperation(asked(id))).toMatchObject({ complete: false })
    await expect(world.rpc.resumeOperation(asked(id))).rejects.toMatchObject({ slug: 'operation-finished' })
  })

  it('cancelled after a retry, a page that a dead worker left unrecorded behind what failed keeps its outcomes', async () => {
    const failing = [...world.small.tickets.keys()].slice(0, 3 * PAGE)
    for (const ticketId of failing) world.small.failing.add(ticketId)
    let pages = 0
    world.small.trouble.afterCommit = () => {
      pages += 1
      if (pages > 3) throw unavailable('peer-away', 'the answer is lost')
    }
    const id = await world.begin()
    await until(async () => pages > 3 && (await world.get(id))?.progress?.failed === BigInt(3 * PAGE), {
      what: 'a page whose answer is lost',
    })
    await worker[Symbol.asyncDispose]()
    world.small.failing.clear()
    await world.rpc.retryFailed({ ...asked(id), idempotency: { key: '', digest: new Uint8Array() } })
    const { operation } = await world.rpc.cancelOperation(asked(id))
    expect(operation?.progress).toMatchObject({ applied: BigInt(applied()), pending: 0n })
    expect(applied()).toBe(PAGE)
  })

  it('cancelled in the hold, nothing at all was done', async () => {
    const id = await world.begin({ holdSeconds: 600 })
    const answer = await world.rpc.cancelOperation(asked(id))
    expect(answer).toMatchObject({ complete: true, operation: { state: 'cancelled' } })
    expect(await world.rpc.cancelOperation(asked(id))).toMatchObject({ complete: true })
    expect(applied()).toBe(0)
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle(answer.operation?.workflowId ?? '')
    expect(await handle.result()).toMatchObject({ state: 'cancelled', cancelled: CHILDREN })
  })

  it('works as an update of the workflow too', async () => {
    const id = await world.begin({ holdSeconds: 600 })
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(id))?.workflowId ?? '')
    expect(await handle.executeUpdate('pause')).toMatchObject({ state: 'paused' })
    expect((await world.get(id))?.state).toBe('paused')
    expect(await handle.executeUpdate('resume')).toMatchObject({ state: 'holding' })
    expect(await handle.executeUpdate('cancel')).toMatchObject({ state: 'cancelled', complete: true })
    await handle.result()
    await expect(handle.executeUpdate('pause')).rejects.toThrow()
  })

  it('the sweep carries on what a control change did not get done', async () => {
    const id = await world.begin({ holdSeconds: 600 })
    const { mailHold } = world.small.peers
    const hold = mailHold.hold
    let calls = 0
    mailHold.hold = (move) => {
      calls += 1
      if (calls === 1) return Promise.reject(unavailable('notification-away', 'not now'))
      return hold(move)
    }
    await expect(world.rpc.pauseOperation(asked(id))).rejects.toMatchObject({ kind: 'unavailable' })
    await until(() => world.small.holds.get(id)?.word === 'held', { what: 'the sweep' })
    expect((await world.get(id))?.state).toBe('paused')
  })
})

describe('a crash', () => {
  it('between a page and its record repeats the page and changes nothing twice', async () => {
    let committed = 0
    world.small.trouble.afterCommit = () => {
      committed += 1
      if (committed % 3 === 1) throw unavailable('connection-lost', 'the answer was lost')
    }
    const id = await world.begin()
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ applied: BigInt(CHILDREN), failed: 0n })
    expect(eachOnce()).toBe(true)
  })

  it('between a page and its record, cancelled: what was applied is told as applied', async () => {
    world.small.trouble.afterCommit = () => {
      throw unavailable('connection-lost', 'the answer was lost')
    }
    const id = await world.begin()
    await until(() => applied() === PAGE, { what: 'the first page' })
    await world.rpc.cancelOperation(asked(id))
    expect((await world.get(id))?.progress).toMatchObject({
      applied: BigInt(PAGE),
      cancelled: BigInt(CHILDREN - PAGE),
    })
  })

  it('of the worker in the middle of a slice: the next one goes on', async () => {
    let pages = 0
    world.small.trouble.beforePage = () => {
      pages += 1
    }
    const id = await world.begin()
    await until(() => pages >= 2, { what: 'two pages' })
    await worker[Symbol.asyncDispose]()
    worker = await world.startWorker()
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress?.applied).toBe(BigInt(CHILDREN))
    expect(eachOnce()).toBe(true)
  })

  it('of nothing but time: a page that failed comes after a pause and a resume, and fails nobody', async () => {
    let pages = 0
    world.small.trouble.beforePage = async () => {
      pages += 1
      if (pages > 1) return
      await world.rpc.pauseOperation(asked(id))
      await world.rpc.resumeOperation(asked(id))
      throw refusedPage
    }
    const id = await world.begin()
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ applied: BigInt(CHILDREN), failed: 0n })
    expect(eachOnce()).toBe(true)
  })

  it('of a page that is refused as a whole fails its items by name', async () => {
    world.small.trouble.beforePage = () => Promise.reject(refusedPage)
    const id = await world.begin()
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ failed: BigInt(CHILDREN), applied: 0n })
    const { items } = await world.rpc.listItems({ ...asked(id), state: 'failed', pageSize: 1 })
    expect(items[0]?.reason).toBe('text-refused')
  })
})
