import { create } from '@bufbuild/protobuf'
import { GetTicketIdsResponseSchema, PlanOperationResponseSchema } from '@umbel/contracts'
import { idFrom, newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { peer, startDesk } from './world.ts'

const path = `/v1/masters/${newId()}/operations`
const idOf = (number: bigint) => idFrom('ticket', 'desk', String(number))
const close = (ids: readonly string[]) => ({ kind: 'close', target: { ids } })
const named = (numbers: readonly (string | number | bigint)[] = []) =>
  create(GetTicketIdsResponseSchema, {
    tickets: numbers.map(BigInt).map((number) => ({ number, id: idOf(number) })),
  })

/** What planning was asked for, with this ticket service behind. */
async function startPlanning(getTicketIds: object) {
  const planned: (readonly string[])[] = []
  const desk = await startDesk({
    ticket: peer('ticket', { getTicketIds } as never),
    operation: peer('operation', {
      planOperation: async ({ target }) => {
        if (target?.target?.case === 'chosen') planned.push(target.target.value.ticketIds ?? [])
        return create(PlanOperationResponseSchema, { operation: { id: newId() } })
      },
    }),
  })
  return { desk, planned }
}

describe('many numbers in place of ids', () => {
  it('are asked for a thousand at a time, one call after the other, each number once', async () => {
    const sizes: number[] = []
    let open = 0
    const { desk, planned } = await startPlanning(async ({ numbers }: { numbers: bigint[] }) => {
      open += 1
      expect(open).toBe(1)
      sizes.push(numbers.length)
      await new Promise(setImmediate)
      open -= 1
      return named(numbers)
    })
    await using _desk = desk
    const refs = Array.from({ length: 2_500 }, (_, at) => (at % 2 === 0 ? `#${at + 1}` : `${at + 1}`))
    const id = newId()
    const { status } = await desk.ask('POST', path, { body: close([...refs, id, '1', '#1']) })
    expect([status, sizes]).toEqual([201, [1_000, 1_000, 500]])
    const ids = refs.map((_, at) => idOf(BigInt(at + 1)))
    expect(planned).toEqual([[...ids, id, idOf(1n), idOf(1n)]])
  })

  it('plan nothing where one of them is nobody, and it is named as the caller wrote it', async () => {
    const { desk, planned } = await startPlanning(async ({ numbers }: { numbers: bigint[] }) =>
      named(numbers.filter((number) => number !== 99n)),
    )
    await using _desk = desk
    const { json } = await desk.ask('POST', path, { body: close(['2', '#99']) })
    expect(json).toMatchObject({ status: 404, slug: 'not-found', field: 'target.ids[1]' })
    expect(json.detail).toContain('#99')
    expect(planned).toEqual([])
  })

  it('are not asked for any more once the caller has left', async () => {
    const answers: (() => void)[] = []
    const { desk, planned } = await startPlanning(async ({ numbers }: { numbers: bigint[] }) => {
      await new Promise<void>((answer) => answers.push(answer))
      return named(numbers)
    })
    await using _desk = desk
    const left = new AbortController()
    const refs = Array.from({ length: 100_000 }, (_, at) => String(at + 1))
    const asked = fetch(`http://127.0.0.1:${desk.port}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer agent', 'content-type': 'application/json' },
      body: JSON.stringify(close(refs)),
      signal: left.signal,
    }).catch(() => 'left')
    await until(() => answers.length === 1, { what: 'the first thousand' })
    left.abort()
    expect(await asked).toBe('left')
    const line = () => desk.lines.find((each) => each.includes('request-ended'))
    await until(
      () => {
        answers.at(-1)?.()
        return line() !== undefined
      },
      { what: 'the end of the request' },
    )
    expect(answers.length).toBeLessThan(100)
    expect(planned).toEqual([])
  })
})
