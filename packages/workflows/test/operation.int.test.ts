import { writeFile } from 'node:fs/promises'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { NativeConnection, Worker } from '@temporalio/worker'
import { openTemporal, type TestTemporal, taskQueue, until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATION_TASK_QUEUE, type OperationInput, operationWorkflowId, RUN_OPERATION } from '../src/client.ts'
import { cancel, pause, progress, resume, wake } from '../src/operation/messages.ts'
import type { runOperation } from '../src/operation/workflow.ts'
import { bundle } from './bundle.ts'
import { registerAttributes } from './register-attributes.ts'
import { type SmallWorld, smallWorld } from './small-world.ts'

let temporal: TestTemporal
let connection: NativeConnection
let workflowBundle: Awaited<ReturnType<typeof bundle>>
beforeAll(async () => {
  ;[temporal, workflowBundle] = await Promise.all([openTemporal(), bundle()])
  connection = await NativeConnection.connect({ address: temporal.address })
  await registerAttributes(temporal.connection)
})
afterAll(async () => {
  await connection?.close()
  await temporal?.[Symbol.asyncDispose]()
})

const input = (operationId: string, more: Partial<OperationInput> = {}): OperationInput => ({
  workspaceId: 'w-1',
  operationId,
  masterId: 'm-1',
  kind: 'broadcast',
  itemsTotal: 8,
  holdMs: 0,
  ...more,
})

/** Runs one operation in a world; with UMBEL_RECORD its history becomes the fixture of the replay test. */
async function play<T>(world: SmallWorld, name: string, asked: OperationInput, story: (handle: Handle) => Promise<T>) {
  const queue = taskQueue(OPERATION_TASK_QUEUE)
  const worker = await Worker.create({ connection, workflowBundle, taskQueue: queue, activities: world.activities })
  return worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start<typeof runOperation>(RUN_OPERATION, {
      workflowId: `${queue}/${operationWorkflowId(asked)}`,
      taskQueue: queue,
      args: [asked],
    })
    const told = await story(handle)
    const result = await handle.result()
    if (process.env.UMBEL_RECORD) await record(name, handle)
    return { told, result }
  })
}
type Handle = Awaited<ReturnType<typeof temporal.client.workflow.start<typeof runOperation>>>

async function record(name: string, handle: Handle): Promise<void> {
  const file = new URL(`histories/operation/${name}.json`, import.meta.url)
  await writeFile(file, `${JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), null, 2)}\n`)
}

describe('an operation on the real server', () => {
  it('runs slice after slice until nothing is left', async () => {
    const world = smallWorld({ items: 8, page: 4 })
    const { result } = await play(world, 'happy', input('happy'), async () => undefined)
    expect(result).toEqual({ state: 'finished', applied: 8, skipped: 0, failed: 0, cancelled: 0, left: 0 })
    expect(world.slices()).toBe(2)
  })

  it('waits out its hold', async () => {
    const world = smallWorld({ items: 8, page: 8 })
    const asked = input('held', { holdMs: 300 })
    const { told } = await play(world, 'held', asked, (handle) => handle.query(progress))
    expect(told).toMatchObject({ state: 'holding', left: 8 })
  })

  it('cancelled in the hold, it does nothing at all', async () => {
    const world = smallWorld({ items: 8, page: 4 })
    const asked = input('held-then-cancelled', { holdMs: 60_000 })
    const { told, result } = await play(world, 'held-then-cancelled', asked, (handle) => handle.executeUpdate(cancel))
    expect(told).toMatchObject({ state: 'cancelled', complete: true })
    expect(result).toMatchObject({ state: 'cancelled', applied: 0, cancelled: 8 })
  })

  it('paused, it waits without a timer; resumed, it goes on where it stood', async () => {
    const world = smallWorld({ items: 8, page: 4, afterSlice: (n) => (n === 1 ? world.control('pause') : undefined) })
    const { result } = await play(world, 'paused', input('paused'), async (handle) => {
      await until(async () => (await handle.query(progress)).slice === 1, { what: 'the first slice' })
      expect(await handle.executeUpdate(pause)).toMatchObject({ state: 'paused', applied: 4 })
      expect(await handle.executeUpdate(resume)).toMatchObject({ state: 'running', applied: 4, left: 4 })
    })
    expect(result).toMatchObject({ state: 'finished', applied: 8 })
  })

  it('woken by the service, it looks again', async () => {
    const world = smallWorld({ items: 8, page: 4, afterSlice: (n) => (n === 1 ? world.control('pause') : undefined) })
    const { result } = await play(world, 'woken', input('woken'), async (handle) => {
      await until(async () => (await handle.query(progress)).slice === 1, { what: 'the first slice' })
      world.control('cancel')
      await handle.signal(wake, 'cancelled')
    })
    expect(result).toMatchObject({ state: 'cancelled', applied: 4, cancelled: 4 })
  })

  it('ends with what failed counted apart', async () => {
    const world = smallWorld({ items: 8, page: 8, failing: 2 })
    const { result } = await play(world, 'item-fails', input('item-fails'), async () => undefined)
    expect(result).toMatchObject({ state: 'finished', applied: 6, failed: 2 })
  })

  it('continues a run that has a cursor, without holding again', async () => {
    const world = smallWorld({ items: 4, page: 4 })
    const cursor = { slice: 900, halted: false, applied: 4, skipped: 0, failed: 0, cancelled: 0, left: 4 }
    const asked = input('continued', { holdMs: 60_000, cursor, wanted: 'running' })
    const { result } = await play(world, 'continued', asked, async () => undefined)
    expect(result).toMatchObject({ state: 'finished', left: 0 })
  })
})
