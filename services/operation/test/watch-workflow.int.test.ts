import { create, toBinary } from '@bufbuild/protobuf'
import { CauseTrippedSchema, NotificationState, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { encodeEvent } from '@umbel/messaging'
import { openTemporal, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation({ pageSize: 10, watchSeconds: 1 })
  worker = await world.startWorker()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(30))
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const asked = (operationId: string) => ({ workspaceId: world.workspaceId, operationId })
const eachOnce = () => [...world.small.changes.values()].every((count) => count === 1)

describe('a workflow', () => {
  it('that somebody terminated is launched again, and each child is reached once', async () => {
    const id = await world.begin({ rate: 60 })
    await until(() => world.small.pages.length > 0, { what: 'the first page' })
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(id))?.workflowId ?? '')
    await handle.terminate('by hand')
    await world.rpc.setOperationRate({ ...asked(id), rate: 0 })
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress?.applied).toBe(30n)
    expect(eachOnce()).toBe(true)
  })

  it('that Temporal is asked to cancel cancels the operation, and stays ended', async () => {
    const id = await world.begin({ rate: 60 })
    await until(() => world.small.pages.length > 0, { what: 'the first page' })
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(id))?.workflowId ?? '')
    await handle.cancel()
    expect(await handle.result()).toMatchObject({ state: 'cancelled', applied: 5, cancelled: 25 })
    expect(await world.get(id)).toMatchObject({ state: 'cancelled', progress: { applied: 5n, pending: 0n } })
    expect(world.small.fences.get(id)?.halted).toBe(true)
    expect(world.small.holds.get(id)?.word).toBe('withheld')
    expect(eachOnce()).toBe(true)
    expect((await world.get(id))?.closedAt).toBeDefined() // hence nothing that the sweep would launch
  })

  it('ends the slice that it is in before its worker goes', async () => {
    let pages = 0
    world.small.trouble.beforePage = async () => {
      pages += 1
      if (pages === 1) leaving.resolve()
    }
    const leaving = Promise.withResolvers<void>()
    const id = await world.begin()
    await leaving.promise
    await worker[Symbol.asyncDispose]()
    const then = (await world.get(id))?.progress?.applied
    expect(then).toBe(BigInt(world.small.changes.size)) // nothing is left unrecorded
    worker = await world.startWorker()
    await world.untilState(id, 'finished')
    expect(world.small.pages).toHaveLength(3) // and no page had to be sent again
  })

  it('tells operators where it stands, in words that name no customer', async () => {
    for (const id of [...world.small.tickets.keys()].slice(0, 2)) world.small.failing.add(id)
    const id = await world.begin()
    await world.untilState(id, 'finished')
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(id))?.workflowId ?? '')
    await handle.result()
    expect(await handle.query('progress')).toMatchObject({ state: 'finished', failures: { 'out-of-order': 2 } })
    const { typedSearchAttributes } = await handle.describe()
    const found = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))
    expect(found).toMatchObject({ State: 'finished', OperationId: id, ItemsFailed: 2, OperationKind: 'broadcast' })
  })
})

describe('the breaker of an operation', () => {
  const trip = (operationId: string, version: number) => {
    const { workspaceId } = world
    const tripped = { workspaceId, operationId, streamVersion: BigInt(version), results: 100n, failed: 9n }
    const data = toBinary(CauseTrippedSchema, create(CauseTrippedSchema, tripped))
    const event = {
      id: newId(),
      source: '/umbel/notification',
      type: CauseTrippedSchema.typeName,
      subject: operationId,
      time: new Date().toISOString(),
      workspace: workspaceId,
      sequence: String(version),
      data,
    }
    return world.broker.publish([encodeEvent(topics.notification.events.name, `${workspaceId}:${operationId}`, event)])
  }

  it('pauses it and says why; resumed, it goes on', async () => {
    const id = await world.begin({ rate: 60 })
    await until(() => world.small.pages.length > 0, { what: 'the first page' })
    await trip(id, 1)
    await trip(id, 1)
    await world.untilState(id, 'paused')
    expect(await world.get(id)).toMatchObject({ pauseReason: 'breaker', epoch: 2n })
    await until(() => world.small.fences.get(id)?.halted === true, { what: 'the fence' })
    await world.rpc.setOperationRate({ ...asked(id), rate: 0 })
    expect((await world.rpc.resumeOperation(asked(id))).operation?.pauseReason).toBe('')
    await world.untilState(id, 'finished')
    expect(eachOnce()).toBe(true)
    const ticketIds = [...world.small.tickets.keys()] // ends are the next in the stream of the trip: no gap
    await world.notify({ operationId: id, ticketIds, version: 2, state: NotificationState.SENT })
    await until(async () => (await world.get(id))?.finishedAt !== undefined, { what: 'the finish' })
  })

  it('has nothing to pause where the operation has ended', async () => {
    const id = await world.begin({ kind: 'close', text: '' })
    await world.untilState(id, 'finished')
    await trip(id, 1)
    const other = await world.begin({ rate: 60 })
    await trip(other, 1)
    await world.untilState(other, 'paused')
    expect((await world.get(id))?.state).toBe('finished')
    await world.rpc.cancelOperation(asked(other))
  })
})

describe('a gap in what notification told', () => {
  it('is filled with what it knows of the operation', async () => {
    const id = await world.begin()
    await world.untilState(id, 'finished')
    const [first = '', second = '', third = ''] = world.small.tickets.keys()
    const outcomes = [first, second].map(
      (ticketId) => ({ operationId: id, ticketId, state: 'sent', reason: '' }) as const,
    )
    world.small.told.set(id, outcomes)
    // version 1, about the first two, was lost
    await world.notify({ operationId: id, ticketIds: [third], version: 2, state: NotificationState.SENT })
    await until(async () => (await world.get(id))?.progress?.sent === 3n, { what: 'the refetch' })
  })
})
