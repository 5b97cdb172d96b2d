import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resting } from './resting.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

const CHILDREN = 20

let world: TestOperation
let admin: pg.Client
beforeAll(async () => {
  world = await startTestOperation({}, { workflows: resting })
  world.small.add(children(CHILDREN))
  admin = new pg.Client({ connectionString: world.adminUrl })
  await admin.connect()
})
afterAll(async () => {
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
