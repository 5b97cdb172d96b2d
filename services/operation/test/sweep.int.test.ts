import { unavailable } from '@umbel/kernel'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
beforeAll(async () => {
  world = await startTestOperation()
  world.small.add(children(3))
})
afterAll(async () => world?.[Symbol.asyncDispose]())

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })

describe('what is left to the sweep', () => {
  it('does not wait for another whose call is held up', async () => {
    const ids = [await world.begin({ holdSeconds: 600 }), await world.begin({ holdSeconds: 600 })]
    const { fence } = world.small.peers
    const halt = fence.halt
    fence.halt = () => Promise.reject(unavailable('ticket-away', 'not now'))
    for (const id of ids)
      await expect(world.rpc.pauseOperation(asked(id))).rejects.toMatchObject({ slug: 'ticket-away' })
    const there = new Set<string>()
    const everybody = Promise.withResolvers<void>()
    fence.halt = async (move) => {
      there.add(move.operationId)
      if (there.size === ids.length) everybody.resolve()
      await everybody.promise
      return halt(move)
    }
    const halted = () => ids.every((id) => world.small.fences.get(id)?.halted)
    try {
      await until(halted, { what: 'both halts', deadlineMs: 20_000 })
    } finally {
      everybody.resolve() // nobody is held up any longer, also where it went wrong
    }
    for (const id of ids) await world.rpc.cancelOperation(asked(id))
  })
})
