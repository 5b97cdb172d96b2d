import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

const LONG = { holdSeconds: 600 }
const CHILDREN = 60
const PAGES = 6

let world: TestOperation
let worker: AsyncDisposable
let begun: string[] = []
beforeAll(async () => {
  world = await startTestOperation({ pageSize: CHILDREN / PAGES, pageRest: 1, sliceMs: 10 })
  worker = await world.startWorker()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(CHILDREN))
})
afterEach(async () => {
  for (const operationId of begun) await world.rpc.cancelOperation(asked(operationId)).catch(ended)
  begun = []
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })
const standing = async (operationId: string) => {
  const { state, queuePosition } = (await world.get(operationId)) ?? {}
  return { state, queuePosition }
}
/** Whatever has come to its end needs no cancel. */
const ended = (error: unknown) => expect(error).toMatchObject({ slug: 'operation-finished' })
const begin = async (count: number, more = {}) => {
  for (let at = 0; at < count; at += 1) begun.push(await world.begin(more))
  return begun.slice(-count) as [string, string, string, string]
}

describe('the queue of a workspace', () => {
  it('lets two run; the others see where they stand, and come next as places become free', async () => {
    const [one, two, three, four] = await begin(4, LONG)
    expect(await standing(two)).toEqual({ state: 'holding', queuePosition: 0 })
    expect(await standing(three)).toEqual({ state: 'queued', queuePosition: 1 })
    expect(await standing(four)).toEqual({ state: 'queued', queuePosition: 2 })
    await world.rpc.cancelOperation(asked(one))
    expect(await standing(three)).toEqual({ state: 'holding', queuePosition: 0 })
    expect(await standing(four)).toEqual({ state: 'queued', queuePosition: 1 })
  })

  it('goes on by itself until everybody had a turn', async () => {
    const begun = await begin(4)
    for (const id of begun) await world.untilState(id, 'finished')
    for (const id of begun) expect((await world.get(id))?.progress?.applied).toBe(BigInt(CHILDREN))
  })

  it('keeps the place of who is paused, also in the queue itself', async () => {
    const [one, , three, four] = await begin(4, LONG)
    await world.rpc.pauseOperation(asked(one))
    await world.rpc.pauseOperation(asked(three))
    expect(await standing(four)).toEqual({ state: 'queued', queuePosition: 2 })
    await world.rpc.resumeOperation(asked(three))
    expect(await standing(three)).toEqual({ state: 'queued', queuePosition: 1 })
    await world.rpc.cancelOperation(asked(one))
    expect((await standing(three)).state).toBe('holding')
  })

  it('gives its place up when it is cancelled in the queue, and nothing was done', async () => {
    const [, , three, four] = await begin(4, LONG)
    expect(await world.rpc.cancelOperation(asked(three))).toMatchObject({ complete: true })
    expect(await standing(three)).toEqual({ state: 'cancelled', queuePosition: 0 })
    expect(await standing(four)).toEqual({ state: 'queued', queuePosition: 1 })
  })

  it('of one workspace does not hold up any other: each goes on before anybody is done', async () => {
    await worker[Symbol.asyncDispose]()
    const others = [await world.elsewhere(), await world.elsewhere()]
    const mine = await begin(4)
    const theirs = await Promise.all(others.map((other) => other.begin()))
    const ended = Promise.withResolvers<string[]>()
    world.small.trouble.afterCommit = ({ operationId }) => {
      const sent = world.small.pages.map((page) => page.operationId)
      if (sent.filter((id) => id === operationId).length === PAGES) ended.resolve(sent)
    }
    worker = await world.startWorker()
    const before = new Set(await ended.promise)
    for (const id of theirs) expect(before).toContain(id)
    for (const id of mine) await world.untilState(id, 'finished')
    expect(world.small.pages).toHaveLength((mine.length + theirs.length) * PAGES)
  })
})
