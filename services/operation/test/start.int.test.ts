import { OperationService } from '@umbel/contracts'
import { type RpcClient, rpcClient } from '@umbel/rpc'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resting } from './resting.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let admin: pg.Client
let another: RpcClient<typeof OperationService>
beforeAll(async () => {
  world = await startTestOperation({ role: 'rpc' }, { workflows: resting })
  world.small.add(children(20))
  admin = new pg.Client({ connectionString: world.adminUrl })
  await admin.connect()
  const token = await world.tokenOf(world.workspaceId)
  another = rpcClient(OperationService, {
    address: `127.0.0.1:${world.rpcPort}`,
    token: async () => token,
    deadlineMs: 20_000,
  })
})
afterAll(async () => {
  another?.[Symbol.dispose]()
  await admin?.end()
  await world?.[Symbol.asyncDispose]()
})

const plan = (more: object = {}) =>
  world.rpc.planOperation({
    workspaceId: world.workspaceId,
    masterId: world.small.masterId,
    kind: 'broadcast',
    text: 'hello',
    target: { target: { case: 'all', value: {} } },
    ...more,
  })
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('approval', () => {
  const settings = (approvalFrom: number, retentionDays = 30) =>
    world.rpc.putOperationSettings({ workspaceId: world.workspaceId, settings: { approvalFrom, retentionDays } })
  const operationId = (planned: Awaited<ReturnType<typeof plan>>) => planned.operation?.id ?? ''
  const named = (planned: Awaited<ReturnType<typeof plan>>) => ({
    workspaceId: world.workspaceId,
    operationId: operationId(planned),
    planHash: planned.operation?.planHash ?? '',
  })

  it('is for admins to ask for', async () => {
    await expect(settings(10)).rejects.toEqual(slug('not-permitted'))
    world.small.role = 'admin'
    const { workspaceId } = world
    const unset = (await world.rpc.getOperationSettings({ workspaceId })).settings
    expect(unset).toMatchObject({ approvalFrom: 0, retentionDays: 90 })
    await expect(settings(10, 0)).rejects.toEqual(slug('retention-out-of-range'))
    await settings(10)
    expect((await settings(10)).settings).toMatchObject({ approvalFrom: 10, retentionDays: 30 })
    world.small.role = 'agent'
  })

  it('comes from somebody else, for this very plan, before it starts', async () => {
    const planned = await plan()
    expect(planned.operation).toMatchObject({ needsApproval: true, approvedBy: '' })
    await expect(world.rpc.startOperation(named(planned))).rejects.toEqual(slug('approval-missing'))
    await expect(world.rpc.approveOperation(named(planned))).rejects.toEqual(slug('approval-by-planner'))
    const stale = { ...named(planned), planHash: 'another' }
    await expect(another.approveOperation(stale)).rejects.toEqual(slug('plan-changed'))
    const { operation } = await another.approveOperation(named(planned))
    expect(operation?.approvedBy).not.toBe('')
    expect((await another.approveOperation(named(planned))).operation?.approvedBy).toBe(operation?.approvedBy)
    expect((await world.rpc.startOperation(named(planned))).operation?.state).toBe('holding')
    await world.rpc.cancelOperation(named(planned))
  })

  it('is not needed below the number, and nobody without the right gives it', async () => {
    const few = { target: { target: { case: 'chosen', value: { ticketIds: [[...world.small.tickets.keys()][0]] } } } }
    expect((await plan(few)).operation?.needsApproval).toBe(false)
    const planned = await plan()
    world.small.role = 'light_agent'
    await expect(another.approveOperation(named(planned))).rejects.toEqual(slug('not-permitted'))
    world.small.role = 'agent'
  })

  it('does not outlive the plan', async () => {
    const planned = await plan()
    await admin.query('update operation set expires_at = planned_at where operation_id = $1', [operationId(planned)])
    await expect(another.approveOperation(named(planned))).rejects.toEqual(slug('plan-expired'))
    await expect(world.rpc.startOperation(named(planned))).rejects.toEqual(slug('plan-expired'))
  })
})

describe('two starts at once', () => {
  it('are one', async () => {
    world.small.role = 'admin'
    await world.rpc.putOperationSettings({
      workspaceId: world.workspaceId,
      settings: { approvalFrom: 0, retentionDays: 90 },
    })
    world.small.role = 'agent'
    const { operation } = await plan({ holdSeconds: 600 })
    const named = {
      workspaceId: world.workspaceId,
      operationId: operation?.id ?? '',
      planHash: operation?.planHash ?? '',
    }
    const [one, two] = await Promise.all([world.rpc.startOperation(named), another.startOperation(named)])
    expect(one.operation?.acceptedAt).toEqual(two.operation?.acceptedAt)
    expect(one.operation?.startedBy).toBe(two.operation?.startedBy)
  })
})

describe('a plan that starts at once', () => {
  it('starts where nobody has to look at it first', async () => {
    const { operation } = await plan({ kind: 'labels', text: '', change: { addLabels: ['eu'] }, start: true })
    expect(operation).toMatchObject({ state: 'running', startedBy: world.agentId })
  })

  it('is refused for what customers see, a hundred children or a finding, and leaves nothing', async () => {
    const before = (await world.rpc.listOperations({ workspaceId: world.workspaceId })).operations.length
    await expect(plan({ kind: 'broadcast', text: 'x', start: true })).rejects.toEqual(slug('plan-first'))
    const finding = { kind: 'note', text: 'Hi {{requester.name}}', start: true }
    await expect(plan(finding)).rejects.toEqual(slug('plan-first'))
    world.small.add(children(100))
    const many = { kind: 'labels', text: '', change: { addLabels: ['eu'] }, start: true }
    await expect(plan(many)).rejects.toEqual(slug('plan-first'))
    const after = (await world.rpc.listOperations({ workspaceId: world.workspaceId })).operations.length
    expect(after).toBe(before)
  })
})

it('has sent what fits into one page when the start answers, without a conductor; more than that waits for one', async () => {
  await using fresh = await startTestOperation({ role: 'rpc' }, { workflows: resting })
  const begin = async (count: number) => {
    const wanted = children(count)
    fresh.small.add(wanted)
    const ticketIds = wanted.map(({ id }) => id)
    const target = { target: { case: 'chosen' as const, value: { ticketIds } } }
    const { operation, applying } = await fresh.plan({ kind: 'broadcast', text: 'hello', holdSeconds: 0, target })
    const { id = '', planHash = '' } = operation ?? {}
    await fresh.rpc.startOperation({ workspaceId: fresh.workspaceId, operationId: id, planHash, confirm: applying })
    return { ticketIds, progress: (await fresh.get(id))?.progress }
  }
  const few = await begin(20)
  expect(few.progress).toMatchObject({ applied: 20n, pending: 0n })
  expect(few.ticketIds.map((id) => fresh.small.changes.get(id))).toEqual(few.ticketIds.map(() => 1))
  expect((await begin(300)).progress).toMatchObject({ applied: 0n, pending: 300n })
})
