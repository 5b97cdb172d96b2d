import { TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
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

const catchUp = (missed = 'all') => world.plan({ kind: 'catch_up', change: { missed } })
const offer = () => world.rpc.getCatchUpOffer({ workspaceId: world.workspaceId, masterId: world.small.masterId })

const broadcast = async (text: string, more: object = {}) =>
  world.run(await world.plan({ kind: 'broadcast', text, ...more }))
const join = (count: number) => {
  const joined = children(count)
  world.small.add(joined)
  return joined.map(({ id }) => id)
}
const heard = (ids: readonly string[]) => ids.map((id) => world.small.tickets.get(id)?.comments)
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('catching up', () => {
  it('gives each late joiner exactly what it missed, once', async () => {
    const first = join(2)
    const variants = [{ locale: 'de', text: 'Wir sind dran' }]
    const one = await broadcast('We are on it', { variants })
    const open = { target: { case: 'filter' as const, value: { statuses: [TicketStatus.OPEN] } } }
    await broadcast('only for who was open', { target: open })
    const second = join(3)
    const [german] = second
    const ticket = world.small.tickets.get(german ?? '')
    if (ticket) ticket.locale = 'de'
    const two = await broadcast('It is up')
    const third = join(1)
    await broadcast('only for you', { target: { target: { case: 'chosen', value: { ticketIds: first } } } })

    const offered = await offer()
    expect(offered.lateJoiners).toBe(4n)
    expect(offered.missed.map(({ operationId, text, lateJoiners }) => [operationId, text, lateJoiners])).toEqual([
      [one, 'We are on it', 4n],
      [two, 'It is up', 1n],
    ])

    const planned = await catchUp()
    expect(planned).toMatchObject({ applying: 4n, skipping: 0n })
    expect(planned.operation?.holdSeconds).toBe(0)
    await world.run(planned)
    expect(heard(second)).toEqual(
      [
        ['Wir sind dran', 'It is up'],
        ['We are on it', 'It is up'],
        ['We are on it', 'It is up'],
      ].map(([missed, got]) => [got, missed]),
    )
    expect(heard(third)).toEqual([['We are on it\n\nIt is up']])
    expect(await offer()).toMatchObject({ lateJoiners: 0n, missed: [] })
    await expect(catchUp()).resolves.toMatchObject({ applying: 0n, skipping: 4n })
  })

  it('gives only the last one to who asks for that, and offers the older ones no more', async () => {
    const late = join(1)
    await world.run(await catchUp('last'))
    expect(heard(late)).toEqual([['It is up']])
    expect(await offer()).toMatchObject({ lateJoiners: 0n })
  })

  it('offers again what was said since', async () => {
    await broadcast('It is down again')
    const late = join(1)
    const { missed, lateJoiners } = await offer()
    expect([missed.length, lateJoiners]).toEqual([3, 1n])
    await world.run(await catchUp('last'))
    expect(heard(late)).toEqual([['It is down again']])
  })

  it('begins once for plans that stood side by side, one after the other or at once', async () => {
    const start = async ({ operation, applying }: Awaited<ReturnType<typeof catchUp>>) => {
      const { id: operationId = '', planHash = '' } = operation ?? {}
      await world.rpc.startOperation({ workspaceId: world.workspaceId, operationId, planHash, confirm: applying })
      await world.untilState(operationId, 'finished')
    }
    const first = join(1)
    const [one, two] = [await catchUp('last'), await catchUp('last')]
    await start(two)
    await expect(start(one)).rejects.toEqual(slug('plan-changed'))
    const second = join(1)
    const plans = [await catchUp('last'), await catchUp('last')]
    const ends = await Promise.allSettled(plans.map(start))
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(ends).toContainEqual({ status: 'rejected', reason: slug('plan-changed') })
    expect(heard([...first, ...second])).toEqual([['It is down again'], ['It is down again']])
    expect(await offer()).toMatchObject({ lateJoiners: 0n })
  })

  it('takes up again whom it failed to reach, unless another one has reached them since', async () => {
    const retry = (operationId: string) => world.rpc.retryFailed({ workspaceId: world.workspaceId, operationId })
    const [retried = '', reached = ''] = join(2)
    for (const id of [retried, reached]) world.small.failing.add(id)
    const failed = await world.run(await catchUp('last'))
    world.small.failing.delete(reached)
    const other = await world.run(await catchUp('last'))
    expect(heard([retried, reached])).toEqual([[], ['It is down again']])
    world.small.failing.delete(retried)
    const stale = await catchUp('last')
    expect(await retry(failed)).toMatchObject({ children: 1n })
    await world.untilState(failed, 'finished')
    const { id: operationId = '', planHash = '' } = stale.operation ?? {}
    const start = { workspaceId: world.workspaceId, operationId, planHash, confirm: stale.applying }
    await expect(world.rpc.startOperation(start)).rejects.toEqual(slug('plan-changed'))
    await expect(retry(failed)).rejects.toEqual(slug('nothing-failed'))
    await expect(retry(other)).rejects.toEqual(slug('nothing-failed'))
    expect(heard([retried, reached])).toEqual([['It is down again'], ['It is down again']])
  })

  it('has nobody to reach where nothing was said', async () => {
    const { masterId } = world.small
    await expect(world.plan({ kind: 'catch_up', masterId: newId() })).rejects.toEqual(slug('not-found'))
    await expect(world.plan({ kind: 'catch_up', change: { missed: 'some' } })).rejects.toEqual(slug('missed-unknown'))
    await expect(world.plan({ kind: 'catch_up', text: 'hello', masterId })).rejects.toEqual(slug('text-unexpected'))
  })
})
