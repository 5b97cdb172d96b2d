import { writeFile } from 'node:fs/promises'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { NativeConnection, Worker } from '@temporalio/worker'
import { openTemporal, type TestTemporal, taskQueue, until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  OPERATION_TASK_QUEUE,
  type OperationInput,
  operationWorkflowId,
  RUN_OPERATION,
  type Told,
  WAKE,
} from '../src/client.ts'
import { cancel, pause, progress, resume, retryFailed, setRate, wake } from '../src/operation/messages.ts'
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

const EPOCH = 1
const input = (operationId: string, more: Partial<OperationInput> = {}): OperationInput => ({
  workspaceId: 'w-1',
  operationId,
  masterId: 'm-1',
  kind: 'broadcast',
  itemsTotal: 8,
  state: 'running',
  epoch: EPOCH,
  holdMs: 0,
  link: 'https://desk.example/operations/1',
  ...more,
})

/** Runs one operation in a world; with UMBEL_RECORD its history becomes the fixture of the replay test. */
async function play<T>(world: SmallWorld, name: string, asked: OperationInput, story: (handle: Handle) => Promise<T>) {
  const queue = taskQueue(OPERATION_TASK_QUEUE)
  const worker = await Worker.create({ connection, workflowBundle, taskQueue: queue, activities: world.activities })
  return worker.runUntil(async () => {
    // as the service launches it: told and started in one
    const handle = await temporal.client.workflow.signalWithStart<typeof runOperation, [Told]>(RUN_OPERATION, {
      workflowId: `${queue}/${operationWorkflowId(asked)}`,
      taskQueue: queue,
      args: [asked],
      signal: WAKE,
      signalArgs: [{ state: asked.state, launch: asked.epoch }],
    })
    const told = await story(handle)
    const result = await handle.result()
    if (process.env.UMBEL_RECORD) await record(name, handle)
    return { told, result }
  })
}
type Handle = Awaited<ReturnType<typeof temporal.client.workflow.signalWithStart<typeof runOperation>>>

async function record(name: string, handle: Handle): Promise<void> {
  const file = new URL(`histories/operation/${name}.json`, import.meta.url)
  await writeFile(file, `${JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), null, 2)}\n`)
}

const nothing = async () => undefined
const untilSlice = (handle: Handle, slice: number) =>
  until(async () => (await handle.query(progress)).slice >= slice, { what: `slice ${slice}` })

describe('an operation on the real server', () => {
  it('runs slice after slice until nothing is left', async () => {
    const world = smallWorld({ items: 8, page: 4 })
    const { result } = await play(world, 'happy', input('happy'), nothing)
    expect(result).toEqual({ state: 'finished', applied: 8, skipped: 0, failed: 0, cancelled: 0, left: 0 })
    expect(world.slices()).toBe(2)
  })

  it('stays below 200 events with as many slices as 100,000 children need', async () => {
    const world = smallWorld({ items: 20, page: 1 })
    const { told } = await play(world, 'many-slices', input('many-slices', { itemsTotal: 20 }), async (handle) => {
      await handle.result()
      return (await handle.fetchHistory()).events?.length
    })
    expect(world.slices()).toBe(20)
    expect(told).toBeLessThan(200)
  })

  it('waits in the queue until the service places it', async () => {
    const world = smallWorld({ items: 8, page: 8, state: 'queued' })
    const { told, result } = await play(world, 'queued', input('queued', { state: 'queued' }), async (handle) => {
      const seen = await handle.query(progress)
      world.become('running')
      await handle.signal(wake, { state: 'running' })
      return { seen, slices: world.slices() }
    })
    expect(told).toMatchObject({ seen: { state: 'queued', left: 8 }, slices: 0 })
    expect(result).toMatchObject({ state: 'finished', applied: 8 })
  })

  it('waits out its hold, and again where the service says that it has not ended', async () => {
    const world = smallWorld({ items: 8, page: 8, waits: [100] })
    const asked = input('holding', { state: 'holding', holdMs: 300 })
    const { told } = await play(world, 'holding', asked, (handle) => handle.query(progress))
    expect(told).toMatchObject({ state: 'holding', left: 8 })
    expect(world.slices()).toBe(2)
  })

  it('cancelled in the hold, it does nothing at all', async () => {
    const world = smallWorld({ items: 8, page: 4 })
    const asked = input('cancelled', { state: 'holding', holdMs: 60_000 })
    const { told, result } = await play(world, 'cancelled', asked, (handle) => handle.executeUpdate(cancel))
    expect(told).toMatchObject({ state: 'cancelled', complete: true })
    expect(result).toMatchObject({ state: 'cancelled', applied: 0, cancelled: 8 })
  })

  it('asked by Temporal itself to cancel, it cancels the operation and ends in order', async () => {
    const asked = Promise.withResolvers<void>()
    const world: SmallWorld = smallWorld({
      items: 8,
      page: 4,
      afterSlice: (n) => (n === 1 ? asked.promise : undefined),
    })
    const { told, result } = await play(world, 'cancel-requested', input('cancel-requested'), async (handle) => {
      await until(() => world.slices() === 1, { what: 'the first slice' })
      await handle.cancel()
      await until(() => world.state() === 'cancelled', { what: 'the command' })
      asked.resolve() // the slice in hand was not broken off
      await handle.result()
      return (await handle.describe()).status.name
    })
    expect(result).toMatchObject({ state: 'cancelled', applied: 4, cancelled: 4, left: 0 })
    expect(told).toBe('COMPLETED')
  })

  it('asked to cancel while it waits, it does nothing more', async () => {
    const world = smallWorld({ items: 8, page: 4 })
    const held = input('cancel-requested-in-hold', { state: 'holding', holdMs: 60_000 })
    const { result } = await play(world, 'cancel-requested-in-hold', held, (handle) => handle.cancel())
    expect(result).toMatchObject({ state: 'cancelled', applied: 0, cancelled: 8 })
  })

  it('paused, it waits without a timer; resumed, it goes on where it stood', async () => {
    const world = smallWorld({
      items: 8,
      page: 4,
      afterSlice: (n) => (n === 1 ? world.command({ verb: 'pause' }) : undefined),
    })
    const { result } = await play(world, 'paused', input('paused'), async (handle) => {
      await untilSlice(handle, 1)
      expect(await handle.executeUpdate(pause)).toMatchObject({ state: 'paused', applied: 4 })
      expect(await handle.executeUpdate(resume)).toMatchObject({ state: 'running', applied: 4, left: 4 })
    })
    expect(result).toMatchObject({ state: 'finished', applied: 8 })
  })

  it('woken by the service, it looks again', async () => {
    const world = smallWorld({
      items: 8,
      page: 4,
      afterSlice: (n) => (n === 1 ? world.command({ verb: 'pause' }) : undefined),
    })
    const { result } = await play(world, 'woken', input('woken'), async (handle) => {
      await untilSlice(handle, 1)
      world.command({ verb: 'cancel' })
      await handle.signal(wake, { state: 'cancelled' })
    })
    expect(result).toMatchObject({ state: 'cancelled', applied: 4, cancelled: 4 })
  })

  it('takes another rate while it waits for its next page', async () => {
    const world = smallWorld({ items: 8, page: 8, waits: [60_000] })
    const { told } = await play(world, 'rated', input('rated'), async (handle) => {
      await untilSlice(handle, 1)
      await expect(handle.executeUpdate(setRate, { args: [-1] })).rejects.toThrow()
      return handle.executeUpdate(setRate, { args: [600] })
    })
    expect(told).toMatchObject({ rate: 600, left: 8 })
    expect(world.slices()).toBe(2)
  })

  it('asks first, waits with one timer, and closes', async () => {
    const world = smallWorld({
      items: 8,
      page: 8,
      asks: true,
      waits: [0, 200],
      afterSlice: (n) => (n === 2 ? world.become('running') : undefined),
    })
    const { result } = await play(world, 'waiting', input('waiting', { kind: 'close' }), nothing)
    expect(result).toMatchObject({ state: 'finished', applied: 8 })
    expect(world.slices()).toBe(3)
  })

  it('ends with what failed counted apart, by its reason', async () => {
    const world = smallWorld({ items: 8, page: 8, failing: 2 })
    const { result } = await play(world, 'failed', input('failed'), nothing)
    expect(result).toMatchObject({ state: 'finished', applied: 6, failed: 2 })
  })

  it('tries again what failed, also in its last moment', async () => {
    const world: SmallWorld = smallWorld({
      items: 8,
      page: 8,
      failing: 2,
      afterSlice: async (n) => {
        if (n !== 1) return
        world.command({ verb: 'retry-failed' })
        await launched.promise
      },
    })
    const launched = Promise.withResolvers<void>()
    const { result } = await play(world, 'retried', input('retried'), async (handle) => {
      await until(() => world.slices() === 1, { what: 'the first slice' })
      await handle.signal(wake, { state: 'running', launch: EPOCH + 1 })
      launched.resolve()
    })
    expect(result).toMatchObject({ state: 'finished', applied: 8, failed: 0 })
  })

  it('takes an update to try again while something is left', async () => {
    const world = smallWorld({
      items: 8,
      page: 4,
      afterSlice: (n) => (n === 1 ? world.command({ verb: 'pause' }) : undefined),
    })
    const { told } = await play(world, 'retried-by-update', input('retried-by-update'), async (handle) => {
      await untilSlice(handle, 1)
      return handle.executeUpdate(retryFailed)
    })
    expect(told).toMatchObject({ state: 'running' })
  })

  it('continues a run that has a cursor, without holding again', async () => {
    const world = smallWorld({ items: 4, page: 4 })
    const cursor = {
      slice: 900,
      state: 'running',
      closed: false,
      halted: false,
      waitMs: 0,
      rate: 0,
      failures: {},
      applied: 4,
      skipped: 0,
      failed: 0,
      cancelled: 0,
      left: 4,
    }
    const { result } = await play(world, 'continued', input('continued', { holdMs: 60_000, cursor }), nothing)
    expect(result).toMatchObject({ state: 'finished', left: 0 })
  })
})
