import { unavailable } from '@umbel/kernel'
import { until } from '@umbel/test-kit'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WAITING } from '../src/store/item-store.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

const PAGE = 10
const CHILDREN = 100

let world: TestOperation
let worker: AsyncDisposable
let admin: pg.Client
beforeAll(async () => {
  world = await startTestOperation({ pageSize: PAGE })
  worker = await world.startWorker()
  admin = new pg.Client({ connectionString: world.adminUrl })
  await admin.connect()
})
beforeEach(() => {
  world.small.forget()
  world.small.add(children(CHILDREN))
})
afterAll(async () => {
  await admin?.end()
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const place = async (operationId: string) => {
  const found = await admin.query('select ended_up_to from operation_progress where operation_id = $1', [operationId])
  return found.rows[0]?.ended_up_to
}
const reasons = async (operationId: string) => {
  const found = await admin.query('select reason, n from operation_failure where operation_id = $1', [operationId])
  return found.rows
}
const childAt = (at: number) => [...world.small.tickets.keys()][at] ?? ''

interface Node {
  readonly 'Relation Name'?: string
  readonly 'Node Type': string
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Node[]
}
const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)]

/** How the next page is found. */
async function lookForNext(operationId: string): Promise<Node | undefined> {
  let bindings = 0
  const text = WAITING.replaceAll('?', () => `$${++bindings}`)
  const { workspaceId } = world
  const values = [workspaceId, operationId, 0, workspaceId, operationId, PAGE]
  const explained = await admin.query(`explain (analyze, format json) ${text}`, values)
  return nodes(explained.rows[0]['QUERY PLAN'][0].Plan).find((node) => node['Relation Name'] === 'operation_item')
}

describe('the place of an operation in its items', () => {
  it('is where the next page is looked for, and what has ended is not walked over again', async () => {
    world.small.trouble.beforePage = () => {
      if (world.small.pages.length >= 7) throw unavailable('ticket-away', 'not now')
    }
    const id = await world.begin()
    await until(async () => (await place(id)) === 70, { what: 'seven pages' })
    expect(await lookForNext(id)).toMatchObject({ 'Node Type': 'Index Scan' })
    expect((await lookForNext(id))?.['Rows Removed by Filter'] ?? 0).toBe(0)
    world.small.trouble = {}
    await world.untilState(id, 'finished')
    expect(await place(id)).toBe(CHILDREN)
  })

  it('goes back to the first that failed when it is tried again, and nobody behind it is forgotten', async () => {
    for (const at of [36, 82]) world.small.failing.add(childAt(at))
    const id = await world.begin()
    await world.untilState(id, 'finished')
    expect(await place(id)).toBe(CHILDREN)
    expect(await reasons(id)).toEqual([{ reason: 'out-of-order', n: 2 }])
    world.small.failing.delete(childAt(82))
    await world.rpc.retryFailed({ workspaceId: world.workspaceId, operationId: id })
    await until(async () => (await world.get(id))?.progress?.failed === 1n, { what: 'one of them' })
    expect(await reasons(id)).toEqual([{ reason: 'out-of-order', n: 1 }])
    expect(await place(id)).toBe(83) // the last of the two that waited
    expect((await world.get(id))?.progress).toMatchObject({ applied: BigInt(CHILDREN - 1), pending: 0n })
  })

  it('begins anew with the second step of a close that asks', async () => {
    const { workspaceId } = world
    const id = await world.begin({ kind: 'close', text: 'may we close this?', confirmToCloseDays: 1 })
    await world.untilState(id, 'waiting')
    expect(await place(id)).toBe(CHILDREN)
    await admin.query('update operation set waiting_until = clock_timestamp() where operation_id = $1', [id])
    await world.rpc.pauseOperation({ workspaceId, operationId: id })
    await world.rpc.resumeOperation({ workspaceId, operationId: id })
    await world.untilState(id, 'finished')
    expect((await world.get(id))?.progress).toMatchObject({ applied: BigInt(CHILDREN), pending: 0n })
  })
})
