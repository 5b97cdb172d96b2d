import { create } from '@bufbuild/protobuf'
import { GetOperationResponseSchema, WatchOperationResponseSchema } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { startProxy, until } from '@umbel/test-kit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openEvents } from './event-source.ts'
import { peer, startDesk } from './world.ts'

const LAST = 40
const id = newId()

/** An operation that changes a little at a time, and gives whoever watches what comes after the version it has. */
function changing() {
  let now = 0
  const step = () => {
    now = Math.min(LAST, now + 3)
  }
  async function* watchOperation(
    { afterVersion = 0n }: { afterVersion?: bigint },
    { signal }: { signal?: AbortSignal },
  ) {
    for (let at = Number(afterVersion) + 1; at <= LAST; at += 1) {
      while (at > now && !signal?.aborted) await new Promise((resolve) => setTimeout(resolve, 1))
      if (signal?.aborted) return
      // as long as real ones, so that a cut falls into the middle of an event
      const operation = { id, text: `the change ${at} ${'x'.repeat(2_000)}` }
      yield create(WatchOperationResponseSchema, { version: BigInt(at), operation })
    }
  }
  const getOperation = async () => create(GetOperationResponseSchema, { operation: { id } })
  return { step, methods: { getOperation, watchOperation } as never }
}

it('give every version once, in order, however often the connection is cut', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(cuts, async (lengths) => {
      const { step, methods } = changing()
      await using desk = await startDesk({ operation: peer('operation', methods) })
      await using proxy = await startProxy({ host: '127.0.0.1', port: desk.port })
      const url = `http://127.0.0.1:${proxy.port}/v1/operations/${id}/stream`
      const seen: number[] = []
      const read = async (atMost: number) => {
        using source = await openEvents(url, seen.length === 0 ? {} : { 'last-event-id': String(seen.at(-1)) })
        const ended = () => source.events.some(({ event }) => event === 'end')
        await until(
          () => {
            step()
            return ended() || source.events.length >= atMost
          },
          { what: `${atMost} events` },
        )
        proxy.cut()
        await source.closed
        proxy.mend()
        seen.push(...source.events.flatMap((told) => (told.event === 'operation' ? [Number(told.id)] : [])))
        return ended()
      }
      for (const length of lengths) await read(length)
      while (!(await read(LAST + 1))) {} // the rest, to the end
      expect(seen).toEqual(Array.from({ length: LAST }, (_, at) => at + 1))
    }),
    { numRuns: 5 },
  )
}, 60_000)
