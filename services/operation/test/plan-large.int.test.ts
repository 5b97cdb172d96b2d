import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resting } from './resting.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

const MOST = 100_000

let world: TestOperation
let admin: pg.Client
beforeAll(async () => {
  world = await startTestOperation({ role: 'rpc' }, { workflows: resting })
  admin = new pg.Client({ connectionString: world.adminUrl })
  await admin.connect()
}, 60_000)
afterAll(async () => {
  await admin?.end()
  await world?.[Symbol.asyncDispose]()
})

const plan = () =>
  world.rpc.planOperation(
    {
      workspaceId: world.workspaceId,
      masterId: world.small.masterId,
      kind: 'broadcast',
      text: 'hello {{requester.first_name | there}}',
      target: { target: { case: 'all', value: {} } },
    },
    { deadlineMs: 120_000 },
  )
const count = async (table: string) =>
  Number((await admin.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n)

describe('a plan of very many', () => {
  it('takes 100,000 children in linear time, and refuses one more without a trace', async () => {
    const all = children(MOST + 1)
    world.small.add(all.slice(0, 10_000))
    await plan() // the first one finds everything cold
    const few = performance.now()
    await plan()
    const perFew = performance.now() - few
    world.small.add(all.slice(10_000, MOST))
    const many = performance.now()
    expect(await plan()).toMatchObject({ applying: BigInt(MOST), skipping: 0n })
    const perMany = performance.now() - many
    expect(perMany / MOST).toBeLessThan((perFew / 10_000) * 2)
    world.small.add(all.slice(MOST))
    await expect(plan()).rejects.toMatchObject({ slug: 'target-too-large', kind: 'invalid' })
    expect(await count('operation')).toBe(3)
    expect(await count('operation_item')).toBe(MOST + 20_000)
    expect(await count('operation_planning')).toBe(0)
  }, 180_000)
})
