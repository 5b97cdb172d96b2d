import type { Actor } from '@umbel/kernel'
import { expect, it } from 'vitest'
import type { Session } from '../store/unit-of-work.ts'
import { holdCause } from './hold-cause.ts'

const actor: Actor = { id: 'operation', role: 'admin', hiddenGroupIds: new Set() }
const asked = { actor, workspaceId: 'workspace', operationId: 'operation', epoch: 1n, mode: 'held' as const }

/** A hold over a mail that lands after so many questions. */
function holdOver(questions: number) {
  const world = { asked: 0, moved: 0 }
  const holds = {
    set: async () => 'held',
    inFlight: async () => {
      world.asked += 1
      return world.asked <= questions ? 1 : 0
    },
  }
  const hold = holdCause(
    (_scope, work) => work({ holds } as unknown as Session),
    () => {
      world.moved += 1
    },
  )
  return { world, hold }
}

it('asks more and more rarely for a mail in flight, and no more when whoever waits has gone', async () => {
  const { world, hold } = holdOver(Number.POSITIVE_INFINITY)
  const signal = AbortSignal.timeout(400)
  await expect(hold({ ...asked, signal })).rejects.toMatchObject({ kind: 'unavailable', slug: 'mails-in-flight' })
  expect(world.asked).toBeGreaterThan(2)
  expect(world.asked).toBeLessThan(30)
  expect(world.moved).toBe(0)
})

it('answers when the last has landed, and has the rows moved by others', async () => {
  const { world, hold } = holdOver(3)
  await hold({ ...asked, signal: new AbortController().signal })
  expect(world).toEqual({ asked: 4, moved: 1 })
})
