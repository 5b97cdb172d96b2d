import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { NotificationState, TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { openTemporal, scan, until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { give } from './small-ticket.ts'
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

const CHILDREN = 200
const TEXT = `we are on it cnry${'a1'.repeat(10)}`
let operationId = ''

describe('an operation', () => {
  it('reaches each child once, and says so', async () => {
    world.small.add(children(CHILDREN))
    operationId = await world.begin({ text: TEXT })
    await world.untilState(operationId, 'finished')
    const operation = await world.get(operationId)
    expect(operation?.progress).toMatchObject({ total: 200n, applied: 200n, pending: 0n, notificationsOwed: 200n })
    expect(operation?.closedAt).toBeDefined()
    expect(operation?.finishedAt).toBeUndefined()
    expect([...world.small.changes.values()].filter((count) => count !== 1)).toEqual([])
  })

  it('is finished when the last requester has been told, however often it is said', async () => {
    const ticketIds = [...world.small.tickets.keys()]
    const say = (version: number, state: NotificationState) => world.notify({ operationId, ticketIds, version, state })
    await say(1, NotificationState.PENDING)
    await say(2, NotificationState.SENT)
    await say(2, NotificationState.SENT)
    await until(async () => (await world.get(operationId))?.finishedAt !== undefined, { what: 'the finish' })
    expect((await world.get(operationId))?.progress).toMatchObject({ notificationsOwed: 200n, sent: 200n })
  })

  it('keeps the text of customers out of its workflow', async () => {
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle((await world.get(operationId))?.workflowId ?? '')
    await handle.result()
    const history = historyToJSON(await handle.fetchHistory())
    expect(history).toContain(operationId)
    expect(scan(history, [])).toEqual([])
    expect(scan(TEXT, [])).toHaveLength(1) // the scan does see it where it is
  })

  it('closes children without a word and owes nobody a mail', async () => {
    const id = await world.begin({ kind: 'close', text: '' })
    await world.untilState(id, 'finished')
    const operation = await world.get(id)
    expect(operation?.progress).toMatchObject({ applied: 200n, notificationsOwed: 0n })
    expect(operation?.finishedAt).toBeDefined()
  })

  it('skips what is solved already, with the reason, and closes at once', async () => {
    const id = await world.begin({ kind: 'close', text: '' })
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ total: 200n, applied: 0n, skipped: 200n })
    const { items } = await world.rpc.listItems({ workspaceId: world.workspaceId, operationId: id, state: 'skipped' })
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(['already-solved']))
  })
})

describe('a child of somebody else than the plan saw', () => {
  it('is told nothing, by name, and does what nobody reads', async () => {
    world.small.forget()
    world.small.add(children(3))
    const [given, moved] = [...world.small.tickets.values()]
    if (!given || !moved) throw new Error('no children')
    const planned = await world.plan({ kind: 'broadcast', text: 'Dear you' })
    const silent = await world.plan({ kind: 'set_status', change: { status: TicketStatus.PENDING } })
    give(given, newId())
    moved.version += 1
    const told = await world.run(planned)
    expect((await world.get(told))?.progress).toMatchObject({ applied: 2n, skipped: 1n, notificationsOwed: 2n })
    const { items } = await world.rpc.listItems({ workspaceId: world.workspaceId, operationId: told })
    expect(items.map(({ reason }) => reason)).toEqual(['requester-changed', '', ''])
    expect([given.comments, moved.comments]).toEqual([[], ['Dear you']])
    expect((await world.get(await world.run(silent)))?.progress).toMatchObject({ applied: 3n })

    const again = await world.run(await world.plan({ kind: 'broadcast', text: 'Dear you' }))
    expect((await world.get(again))?.progress).toMatchObject({ applied: 3n })
  })
})
