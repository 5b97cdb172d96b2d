import { type Operation, OperationService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { rpcClient } from '@umbel/rpc'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
let worker: AsyncDisposable
beforeAll(async () => {
  world = await startTestOperation({ pageSize: 20, sliceMs: 200 })
  world.small.add(children(200))
  worker = await world.startWorker()
})
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const watch = (operationId: string, afterVersion = 0, workspaceId = world.workspaceId) =>
  world.rpc.watchOperation({ workspaceId, operationId, afterVersion: BigInt(afterVersion) })

interface Told {
  readonly version: number
  readonly operation: Operation | undefined
}

async function told(operationId: string, afterVersion = 0, atMost = Number.POSITIVE_INFINITY): Promise<Told[]> {
  const changes: Told[] = []
  for await (const { version, operation } of watch(operationId, afterVersion)) {
    changes.push({ version: Number(version), operation })
    if (changes.length >= atMost) break
  }
  return changes
}

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, at) => from + at)

describe('whoever watches an operation', () => {
  it('sees every version once while it runs, and the same ones again when it is over', async () => {
    const id = await world.begin({ kind: 'close', text: '' })
    const live = await told(id)
    const versions = live.map(({ version }) => version)
    expect(versions).toEqual(upTo(versions.length))
    expect(live[0]?.operation).toMatchObject({ state: 'planned', progress: { total: 200n, pending: 200n } })
    expect(live.at(-1)?.operation).toMatchObject({ state: 'finished', progress: { applied: 200n, pending: 0n } })
    const applied = live.map(({ operation }) => Number(operation?.progress?.applied))
    expect(applied).toEqual(applied.toSorted((left, right) => left - right))
    expect(new Set(applied).size).toBeGreaterThanOrEqual(10)
    expect(await told(id)).toEqual(live)
    expect((await world.get(id))?.progressVersion).toBe(BigInt(versions.length))
  })

  it('goes on after whatever version it has', async () => {
    const id = await world.begin({ kind: 'broadcast', text: 'we are on it' })
    await world.untilState(id, 'finished')
    const first = await told(id, 0, 5)
    const rest = await told(id, 5, 3)
    expect([...first, ...rest].map(({ version }) => version)).toEqual(upTo(8))
  })

  it('sees nothing of what it may not see, and nothing more once it may not', async () => {
    const id = await world.begin({ kind: 'broadcast', text: 'we are on it', holdSeconds: 600 })
    const seen: number[] = []
    const watching = (async () => {
      for await (const { version } of watch(id)) seen.push(Number(version))
    })()
    watching.catch(() => {}) // looked at below
    await until(() => seen.length >= 2, { what: 'the plan and the start' })
    world.small.masterHidden = true
    await expect(watching).rejects.toMatchObject({ slug: 'not-found' })
    await expect(told(id)).rejects.toMatchObject({ slug: 'not-found' })
    world.small.masterHidden = false
    await world.rpc.cancelOperation({ workspaceId: world.workspaceId, operationId: id })
    expect((await told(id)).at(-1)?.operation?.state).toBe('cancelled')
  })

  it('finds nothing in another workspace', async () => {
    const id = await world.begin({ kind: 'close', text: '' })
    await expect(told(newId())).rejects.toMatchObject({ slug: 'not-found' })
    using other = rpcClient(OperationService, {
      address: `127.0.0.1:${world.rpcPort}`,
      token: () => world.tokenOf(newId()),
      deadlineMs: 10_000,
    })
    const { workspaceId } = world
    const theirs = other.watchOperation({ workspaceId, operationId: id })[Symbol.asyncIterator]()
    await expect(theirs.next()).rejects.toMatchObject({ slug: 'wrong-workspace' })
  })
})
