import { ActorKind, CauseKind, TicketStatus } from '@umbel/contracts'
import { unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { openTemporal, until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

const PAGE = 20

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation({ pageSize: PAGE })
  worker = await world.startWorker()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(PAGE))
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const decision = {
  kind: CauseKind.SYNC,
  id: 'decision-1',
  rootKind: CauseKind.UPSTREAM,
  rootId: 'monitoring#1',
  actor: { kind: ActorKind.SYSTEM, id: 'sync' },
  decisionId: 'decision-1',
}
const sync = (masterVersion: number, more: object = {}) => ({
  workspaceId: world.workspaceId,
  idempotency: { key: newId(), digest: new Uint8Array() },
  masterId: world.small.masterId,
  masterVersion: BigInt(masterVersion),
  changeKind: 'set_status',
  change: { status: TicketStatus.PENDING },
  cause: decision,
  ...more,
})
const statuses = () => new Set([...world.small.tickets.values()].map(({ status }) => status))
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('a sync', () => {
  it('of one page is done when it answers, by its own cause and without a workflow', async () => {
    const { operation } = await world.house.runSync(sync(7))
    expect(operation).toMatchObject({ kind: 'sync', state: 'finished', startedBy: '' })
    expect(operation?.progress).toMatchObject({ applied: BigInt(PAGE), pending: 0n })
    expect(statuses()).toEqual(new Set(['pending']))
    expect(world.small.pages).toMatchObject([{ actorId: '', masterVersion: 7, cause: { decisionId: 'decision-1' } }])
    await using temporal = await openTemporal()
    const handle = temporal.client.workflow.getHandle(operation?.workflowId ?? '')
    await expect(handle.describe()).rejects.toThrow()
  })

  it('of a master without children is done, and has changed nothing', async () => {
    world.small.forget()
    const { operation } = await world.house.runSync(sync(7))
    expect(operation).toMatchObject({ state: 'finished', progress: { total: 0n, applied: 0n, pending: 0n } })
    expect(operation?.finishedAt).toBeDefined()
    expect(world.small.pages).toEqual([])
  })

  it('said twice is one', async () => {
    const asked = sync(7)
    const [one, two] = [await world.house.runSync(asked), await world.house.runSync(asked)]
    expect(two.operation?.id).toBe(one.operation?.id)
    expect([...world.small.changes.values()].every((count) => count === 1)).toBe(true)
  })

  it('of an older master changes nothing any more', async () => {
    await world.house.runSync(sync(7))
    const late = await world.house.runSync(sync(6, { change: { status: TicketStatus.ON_HOLD } }))
    expect(late.operation?.progress).toMatchObject({ applied: 0n, skipped: BigInt(PAGE) })
    const { items } = await world.rpc.listItems({
      workspaceId: world.workspaceId,
      operationId: late.operation?.id ?? '',
    })
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set(['superseded']))
    expect(statuses()).toEqual(new Set(['pending']))
  })

  it('of more than a page runs in a lane of its own and takes nobody’s place', async () => {
    world.small.add(children(2 * PAGE))
    const held = [await world.begin({ holdSeconds: 600 }), await world.begin({ holdSeconds: 600 })]
    const { operation } = await world.house.runSync(sync(7))
    const id = operation?.id ?? ''
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress?.applied).toBe(BigInt(3 * PAGE))
    await using temporal = await openTemporal()
    const { taskQueue } = await temporal.client.workflow.getHandle(operation?.workflowId ?? '').describe()
    expect(taskQueue).toBe(`${world.config.temporal.taskQueue}.sync`)
    for (const operationId of held) await world.rpc.cancelOperation({ workspaceId: world.workspaceId, operationId })
  })

  it('that could not be done at once is launched by the sweep', async () => {
    world.small.trouble.beforePage = () => {
      world.small.trouble = {}
      throw unavailable('ticket-away', 'not now')
    }
    const { operation } = await world.house.runSync(sync(7))
    expect(operation?.state).toBe('running')
    await until(async () => (await world.get(operation?.id ?? ''))?.state === 'finished', {
      what: 'the sweep',
      deadlineMs: 20_000,
    })
    expect([...world.small.changes.values()].every((count) => count === 1)).toBe(true)
  })

  it('tries again what failed in its own lane, whoever waits for a place', async () => {
    const [broken = ''] = world.small.tickets.keys()
    world.small.failing.add(broken)
    const { workspaceId } = world
    const held = [await world.begin({ holdSeconds: 600 }), await world.begin({ holdSeconds: 600 })]
    const { operation } = await world.house.runSync(sync(7))
    const operationId = operation?.id ?? ''
    expect(operation).toMatchObject({ state: 'finished', progress: { failed: 1n } })
    world.small.failing.clear()
    const idempotency = { key: 'again', digest: new Uint8Array() }
    const retried = await world.rpc.retryFailed({ workspaceId, operationId, idempotency })
    expect(retried).toMatchObject({ children: 1n, operation: { queuePosition: 0 } })
    await world.untilState(operationId, 'finished')
    expect((await world.get(operationId))?.progress).toMatchObject({ applied: BigInt(PAGE), failed: 0n })
    await using temporal = await openTemporal()
    const { taskQueue } = await temporal.client.workflow.getHandle(operation?.workflowId ?? '').describe()
    expect(taskQueue).toBe(`${world.config.temporal.taskQueue}.sync`)
    for (const each of held) await world.rpc.cancelOperation({ workspaceId, operationId: each })
  })

  it('whose retry was launched but not told to ticket, is carried on by the sweep', async () => {
    const [broken = ''] = world.small.tickets.keys()
    world.small.failing.add(broken)
    const { operation } = await world.house.runSync(sync(7))
    const operationId = operation?.id ?? ''
    world.small.failing.clear()
    const { fence } = world.small.peers
    const resume = fence.resume
    fence.resume = () => {
      fence.resume = resume
      return Promise.reject(unavailable('ticket-away', 'not now'))
    }
    await expect(world.rpc.retryFailed({ workspaceId: world.workspaceId, operationId })).rejects.toThrow(
      slug('ticket-away'),
    )
    await world.untilState(operationId, 'finished')
    expect((await world.get(operationId))?.progress).toMatchObject({ applied: BigInt(PAGE), failed: 0n })
    expect(world.small.fences.get(operationId)).toEqual({ epoch: 2, halted: false })
  })

  it('is no person’s to start, and says what it rests on', async () => {
    await expect(world.rpc.runSync(sync(7))).rejects.toThrow(slug('services-only'))
    await expect(world.house.runSync(sync(0))).rejects.toThrow(slug('master-version-missing'))
    await expect(world.house.runSync(sync(7, { cause: undefined }))).rejects.toThrow(slug('cause-missing'))
    await expect(world.house.runSync(sync(7, { changeKind: 'broadcast' }))).rejects.toThrow(slug('kind-unknown'))
    expect(world.small.pages).toEqual([])
  })
})
