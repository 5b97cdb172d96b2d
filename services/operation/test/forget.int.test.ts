import { openDatabase } from '@umbel/service-kit/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetOld } from '../src/store/forget-old.ts'
import { forgetResults } from '../src/store/forget-results.ts'
import { resting } from './resting.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

const CHILDREN = 3

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

async function plan(key: string): Promise<string> {
  const { operation } = await world.rpc.planOperation({
    workspaceId: world.workspaceId,
    masterId: world.small.masterId,
    kind: 'note',
    text: 'look into it',
    target: { target: { case: 'all', value: {} } },
    idempotency: { key, digest: new Uint8Array([1]) },
  })
  return operation?.id ?? ''
}
const finishedAgo = (id: string, days: number) =>
  admin.query(
    'update operation set finished_at = clock_timestamp() - make_interval(days => $2) where operation_id = $1',
    [id, days],
  )
const itemsOf = async (operationId: string) =>
  (await world.rpc.listItems({ workspaceId: world.workspaceId, operationId })).items.length

/** Runs what is swept by the hour. */
async function sweep(work: typeof forgetOld | typeof forgetResults) {
  const { app, claimer } = world.config.databases
  await using database = openDatabase({ url: app, applicationName: 'test' })
  await using finder = openDatabase({ url: claimer, applicationName: 'test claimer' })
  return await work(database, finder)()
}

describe('what is forgotten', () => {
  it('are the items of operations that finished longer ago than results are kept; their counts stay', async () => {
    const [old, young] = [await plan('old'), await plan('young')]
    await finishedAgo(old, 91)
    await finishedAgo(young, 89)
    expect(await sweep(forgetResults)).toBe(1)
    expect(await sweep(forgetResults)).toBe(0)
    expect([await itemsOf(old), await itemsOf(young)]).toEqual([0, CHILDREN])
    expect((await world.get(old))?.progress?.total).toBe(BigInt(CHILDREN))
  })

  it('are the items of plans that nobody started in time', async () => {
    const [expired, open] = [await plan('expired'), await plan('open')]
    await admin.query("update operation set expires_at = expires_at - interval '49 hours' where operation_id = $1", [
      expired,
    ])
    expect(await sweep(forgetResults)).toBe(1)
    expect(await sweep(forgetResults)).toBe(0)
    expect([await itemsOf(expired), await itemsOf(open)]).toEqual([0, CHILDREN])
    expect((await world.get(expired))?.state).toBe('expired')
  })

  it('are idempotency keys after 72 hours', async () => {
    const [first, second] = [await plan('first'), await plan('second')]
    await admin.query(
      "update idempotency_key set created_at = clock_timestamp() - interval '73 hours' where key = 'first'",
    )
    await sweep(forgetOld)
    expect(await plan('first')).not.toBe(first)
    expect(await plan('second')).toBe(second)
  })
})
