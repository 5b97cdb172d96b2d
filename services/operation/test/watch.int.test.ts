import { type Operation, OperationService } from '@umbel/contracts'
import { isUmbelError } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { rpcClient } from '@umbel/rpc'
import { openDatabase } from '@umbel/service-kit/store'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tellOperationChanged } from '../src/outbound/operation-events.ts'
import { watchOperation } from '../src/queries/watch-operation.ts'
import { createTransact } from '../src/store/unit-of-work.ts'
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

/** Watching over the same database, whose time passes when everybody rests. */
function pacedWatch(hiddenFrom: ReadonlySet<string>) {
  const database = openDatabase({ url: world.config.databases.app, applicationName: 'watch test' })
  const transact = createTransact(database, tellOperationChanged)
  let [now, transactions] = [0, 0]
  const resting: { readonly ms: number; readonly wake: () => void }[] = []
  const { peers } = world.small
  return {
    watch: watchOperation({
      ...peers,
      ticketStates: async (asking, ids, ...more) =>
        hiddenFrom.has(asking.actorId) ? { states: [], hidden: 1 } : peers.ticketStates(asking, ids, ...more),
      transact: (scope, work) => {
        transactions += 1
        return transact(scope, work)
      },
      clock: () => now,
      rest: (ms) => new Promise((wake) => void resting.push({ ms, wake })),
    }),
    /** Waits until so many rest, and wakes them: how long they wanted to, and the transactions that they came to before. */
    async next(many: number) {
      await until(() => resting.length === many, { what: `${many} who rest`, deadlineMs: 20_000 })
      const all = resting.splice(0)
      const told = [[...new Set(all.map(({ ms }) => ms))], transactions] as const
      transactions = 0
      now += Math.max(...told[0])
      for (const { wake } of all) wake()
      return told
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

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

  it('reads together with all who have come as far, by rights of its own, and less while nothing changes', async () => {
    const id = await world.begin({ kind: 'broadcast', text: 'we are on it', holdSeconds: 600 })
    await world.untilState(id, 'holding')
    const hiddenFrom = new Set<string>()
    await using paced = pacedWatch(hiddenFrom)
    const [workspaceId, actors] = [world.workspaceId, [newId(), newId()]]
    const seen = Array.from({ length: 20 }, (): number[] => [])
    const watching = seen.map(async (versions, at) => {
      const acting = { actorId: actors[at % 2] ?? '', callerId: '' }
      const asked = { acting, operationId: id, afterVersion: 0, signal: new AbortController().signal }
      try {
        for await (const { progressVersion } of paced.watch({ workspaceId }, asked)) versions.push(progressVersion)
        return 'over'
      } catch (thrown) {
        return isUmbelError(thrown) ? thrown.slug : thrown
      }
    })
    const rounds: unknown[] = []
    for (let round = 0; round < 4; round += 1) rounds.push(await paced.next(seen.length))
    // of each actor the rights, once a second; of all the first changes, and then that there are no more
    expect(rounds).toEqual([
      [[250], 2 + 2],
      [[500], 1],
      [[1_000], 1],
      [[1_000], 2 + 1],
    ])
    const before = Number((await world.get(id))?.progressVersion)
    hiddenFrom.add(actors[0] ?? '')
    await paced.next(seen.length)
    await world.rpc.cancelOperation({ workspaceId, operationId: id })
    await world.untilState(id, 'cancelled')
    await paced.next(seen.length / 2)
    expect(await Promise.all(watching)).toEqual(seen.map((_, at) => (at % 2 === 0 ? 'not-found' : 'over')))
    const last = Number((await world.get(id))?.progressVersion)
    expect(seen).toEqual(seen.map((_, at) => upTo(at % 2 === 0 ? before : last)))
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
