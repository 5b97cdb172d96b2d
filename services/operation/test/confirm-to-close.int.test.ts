import { openTemporal, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation({ pageSize: 10, daySeconds: 2 })
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

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })
const begin = () => world.begin({ kind: 'close', text: 'may we close this?', confirmToCloseDays: 1 })
const tickets = () => [...world.small.tickets.values()]

/** What a customer's answer does to a ticket. */
function answer(ticket: ReturnType<typeof tickets>[number] | undefined): void {
  if (!ticket) throw new Error('no such ticket')
  ticket.customerWaits = true
  ticket.status = 'open'
  ticket.version += 1
}

describe('a close that asks first', () => {
  it('asks, waits, and closes whoever did not answer', async () => {
    const id = await begin()
    await world.untilState(id, 'waiting')
    expect(new Set(tickets().map(({ status }) => status))).toEqual(new Set(['pending']))
    expect((await world.get(id))?.progress).toMatchObject({ applied: 20n, pending: 0n })
    answer(tickets()[4])
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ total: 20n, applied: 19n, skipped: 1n, pending: 0n })
    expect(tickets().filter(({ status }) => status === 'solved')).toHaveLength(19)
    expect(tickets().every(({ comments }) => comments.length === 1)).toBe(true)
    const { items } = await world.rpc.listItems({ ...asked(id), state: 'skipped' })
    expect(items).toMatchObject([{ ticketId: tickets()[4]?.id, reason: 'customer-replied', before: 'open' }])
    const closed = await world.rpc.listItems({ ...asked(id), state: 'applied', pageSize: 1 })
    expect(closed.items[0]).toMatchObject({ before: 'open', after: 'solved' })
  })

  it('waits in one timer, without a slice in between', async () => {
    const id = await begin()
    await world.untilState(id, 'waiting')
    await world.untilState(id, 'finished')
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(id))?.workflowId ?? '')
    await handle.result()
    const { events } = await handle.fetchHistory()
    expect(events?.filter(({ timerStartedEventAttributes: timer }) => timer)).toHaveLength(1)
  })

  it('holds no place while it waits', async () => {
    const [one, two] = [await begin(), await begin()]
    await world.untilState(one, 'waiting')
    await until(async () => (await world.get(two))?.state !== 'queued', { what: 'the second' })
    const three = await world.begin()
    await world.untilState(three, 'finished')
  })

  it('paused while it waits, closes nobody until it is resumed', async () => {
    const id = await begin()
    await world.untilState(id, 'waiting')
    await world.rpc.pauseOperation(asked(id))
    const waitedOut = Date.now() + 2_500
    await until(() => Date.now() > waitedOut, { what: 'the time to answer', deadlineMs: 5_000 })
    expect(tickets().some(({ status }) => status === 'solved')).toBe(false)
    expect((await world.rpc.resumeOperation(asked(id))).operation?.state).toBe('waiting')
    await world.untilState(id, 'finished')
    expect(tickets().every(({ status }) => status === 'solved')).toBe(true)
  })

  it('cancelled while it waits, leaves everybody as asked', async () => {
    const id = await begin()
    await world.untilState(id, 'waiting')
    const cancelled = await world.rpc.cancelOperation(asked(id))
    expect(cancelled).toMatchObject({ complete: false, operation: { state: 'cancelled' } })
    expect((await world.get(id))?.progress).toMatchObject({ applied: 20n, cancelled: 0n })
    expect(tickets().every(({ status }) => status === 'pending')).toBe(true)
  })
})
