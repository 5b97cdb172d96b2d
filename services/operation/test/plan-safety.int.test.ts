import { OperationService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type RpcClient, rpcClient } from '@umbel/rpc'
import { until } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workflows } from '../src/commands/ports.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

const resting: Workflows = {
  start: () => Promise.resolve(),
  wake: () => Promise.resolve(),
  runs: () => Promise.resolve(true),
}
const CHILDREN = 20

let world: TestOperation
let admin: pg.Client
let another: RpcClient<typeof OperationService>
beforeAll(async () => {
  world = await startTestOperation({}, { workflows: resting })
  world.small.add(children(CHILDREN))
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

const asked = (more: object = {}) => ({
  workspaceId: world.workspaceId,
  masterId: world.small.masterId,
  kind: 'broadcast',
  text: 'hello',
  target: { target: { case: 'all' as const, value: {} } },
  ...more,
})
const plan = (more: object = {}) => world.rpc.planOperation(asked(more))
const keyed = (key: string, digest = 1) => ({ idempotency: { key, digest: new Uint8Array([digest]) } })
const count = async (table: string) =>
  Number((await admin.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n)
const slug = (name: string) => expect.objectContaining({ slug: name })

/** Holds every look at the children until it is let go. */
function stall(): { readonly reached: Promise<void>; readonly letGo: () => void } {
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  world.small.trouble.beforeStates = async () => {
    reached.resolve()
    await gate.promise
  }
  return {
    reached: reached.promise,
    letGo: () => {
      delete world.small.trouble.beforeStates
      gate.resolve()
    },
  }
}

describe('a plan under its key', () => {
  it('is made once, told twice, and refused for another request', async () => {
    const first = await plan(keyed('k-1'))
    expect(await plan(keyed('k-1'))).toEqual(first)
    await expect(plan(keyed('k-1', 2))).rejects.toEqual(slug('idempotency-key-reused'))
  })

  it('is refused while the same is being planned, and nobody sees what grows', async () => {
    const before = await count('operation')
    const { reached, letGo } = stall()
    const first = plan(keyed('k-2'))
    await reached
    await expect(plan(keyed('k-2'))).rejects.toEqual(slug('idempotency-key-running'))
    expect(await count('operation')).toBe(before)
    letGo()
    const { operation } = await first
    expect((await plan(keyed('k-2'))).operation?.id).toBe(operation?.id)
  })

  it('answers what was stored while it grew, and leaves nothing of its own', async () => {
    const first = await plan(keyed('k-6'))
    await admin.query("update idempotency_key set key = 'later' where key = 'k-6'")
    const items = await count('operation_item')
    const { reached, letGo } = stall()
    const second = plan(keyed('k-6'))
    await reached
    await admin.query("update idempotency_key set key = 'k-6' where key = 'later'")
    letGo()
    expect((await second).operation?.id).toBe(first.operation?.id)
    expect([await count('operation_item'), await count('operation_planning')]).toEqual([items, 0])
  })

  it('is free again where the first one was refused, which left nothing behind', async () => {
    const items = await count('operation_item')
    await expect(plan({ ...keyed('k-3'), kind: 'labels', text: '' })).rejects.toEqual(slug('change-missing'))
    const nobody = { target: { target: { case: 'filter', value: { labels: ['nobody'] } } } }
    await expect(plan({ ...keyed('k-3'), ...nobody })).rejects.toEqual(slug('target-empty'))
    expect([await count('operation_item'), await count('operation_planning')]).toEqual([items, 0])
    expect((await plan(keyed('k-3'))).applying).toBe(BigInt(CHILDREN))
  })
})

describe('a plan that was abandoned', () => {
  const leave = async (key: string) => {
    const operationId = newId()
    await admin.query(
      `insert into operation_planning (workspace_id, operation_id, actor_id, rpc, key, touched_at)
       values ($1, $2, $3, 'PlanOperation', $4, clock_timestamp() - interval '2 minutes')`,
      [world.workspaceId, operationId, world.agentId, key],
    )
    await admin.query(
      `insert into operation_item (workspace_id, operation_id, seq, ticket_id, ticket_number, planned_version, state)
       values ($1, $2, 1, $3, 1, 1, 'planned')`,
      [world.workspaceId, operationId, newId()],
    )
    return operationId
  }
  const itemsOf = async (operationId: string) =>
    (await admin.query('select from operation_item where operation_id = $1', [operationId])).rowCount

  it('does not keep its key', async () => {
    const left = await leave('k-4')
    expect((await plan(keyed('k-4'))).applying).toBe(BigInt(CHILDREN))
    expect(await itemsOf(left)).toBe(0)
  })

  it('is forgotten by the sweep, with its items; nobody can see it meanwhile', async () => {
    const left = await leave('k-5')
    const { workspaceId } = world
    await expect(world.rpc.getOperation({ workspaceId, operationId: left })).rejects.toEqual(slug('not-found'))
    await until(async () => (await itemsOf(left)) === 0, { what: 'the sweep', deadlineMs: 15_000 })
  })
})

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
