import { create } from '@bufbuild/protobuf'
import {
  GetOperationResponseSchema,
  GetRollupResponseSchema,
  type WatchOperationResponse,
  WatchOperationResponseSchema,
} from '@umbel/contracts'
import { forbidden, notFound, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { describe, expect, it } from 'vitest'
import { openEvents } from './event-source.ts'
import { peer, startDesk } from './world.ts'

const id = newId()
const operation = { id, masterId: newId(), kind: 'close', state: 'running' }
const path = `/v1/operations/${id}/stream`
const told = (version: number, state = 'running'): WatchOperationResponse =>
  create(WatchOperationResponseSchema, { version: BigInt(version), operation: { ...operation, state } })
const known = { getOperation: async () => create(GetOperationResponseSchema, { operation }) }

/** Gives the versions after the one asked for, up to the last; `hangs`: then nothing more happens. */
const history = (last: number, hangs = false) =>
  async function* ({ afterVersion = 0n }: { afterVersion?: bigint }, { signal }: { signal?: AbortSignal }) {
    for (let at = Number(afterVersion) + 1; at <= last; at += 1) yield told(at)
    if (hangs) await new Promise((done) => signal?.addEventListener('abort', done))
  }

const start = (watchOperation: object, paces = {}) =>
  startDesk({ operation: peer('operation', { ...known, watchOperation } as never) }, paces)
const at = (desk: { readonly port: number }, where = path) => `http://127.0.0.1:${desk.port}${where}`
const ids = (source: { readonly events: readonly { readonly id: string | undefined; readonly event: string }[] }) =>
  source.events.flatMap(({ event, id: given }) => (event === 'operation' ? [Number(given)] : []))

describe('the stream of an operation', () => {
  it('tells every version as the operation is shown elsewhere, and ends after the last', async () => {
    await using desk = await start(history(3))
    using source = await openEvents(at(desk))
    await source.closed
    expect([source.status, source.type]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect(source.text).toMatch(/^retry: \d+\n\n/)
    expect(ids(source)).toEqual([1, 2, 3])
    expect(source.events[0]?.data).toMatchObject({ id, state: 'running', progress: { applied: 0 } })
    expect(source.events.at(-1)).toEqual({ id: undefined, event: 'end', data: { reason: 'finished' } })
  })

  it('goes on after the last event that a client names, in header or query', async () => {
    await using desk = await start(history(5))
    using byHeader = await openEvents(at(desk), { 'last-event-id': '3' })
    using byQuery = await openEvents(at(desk, `${path}?lastEventId=4`))
    using both = await openEvents(at(desk, `${path}?lastEventId=1`), { 'last-event-id': '2' })
    await Promise.all([byHeader.closed, byQuery.closed, both.closed])
    expect([ids(byHeader), ids(byQuery), ids(both)]).toEqual([[4, 5], [5], [3, 4, 5]])
    for (const wrong of ['x', '-1', '1.5', '9'.repeat(30)]) {
      using refused = await openEvents(at(desk), { 'last-event-id': wrong })
      await refused.closed
      expect([refused.status, JSON.parse(refused.text).slug]).toEqual([400, 'invalid-field'])
    }
  })

  it('refuses with a status before it says anything', async () => {
    const refusing = (error: Error) =>
      startDesk({ operation: peer('operation', { getOperation: () => Promise.reject(error) }) })
    await using hidden = await refusing(notFound('not-found', 'nothing here'))
    await using away = await refusing(unavailable('peer-away', 'not now'))
    for (const [desk, status] of [
      [hidden, 404],
      [away, 503],
    ] as const) {
      using source = await openEvents(at(desk))
      await source.closed
      expect([source.status, source.type]).toEqual([status, 'application/problem+json; charset=utf-8'])
    }
  })

  it('says that it is alive while nothing happens', async () => {
    await using desk = await start(history(1, true), { heartbeatMs: 20 })
    using source = await openEvents(at(desk))
    await until(() => source.comments >= 3, { what: 'three heartbeats' })
    expect(ids(source)).toEqual([1])
  })

  it('waits for a peer that goes away in the middle, and loses and repeats nothing', async () => {
    let calls = 0
    const flaky = async function* ({ afterVersion = 0n }: { afterVersion?: bigint }) {
      calls += 1
      yield told(Number(afterVersion) + 1)
      if (calls < 4) throw unavailable('peer-away', 'the connection was lost')
    }
    await using desk = await start(flaky)
    using source = await openEvents(at(desk))
    await source.closed
    expect(ids(source)).toEqual([1, 2, 3, 4])
  })

  it('ends, and says why, when the right to it is withdrawn', async () => {
    const withdrawn = async function* () {
      yield told(1)
      throw notFound('not-found', 'no such operation')
    }
    await using desk = await start(withdrawn)
    using source = await openEvents(at(desk))
    await source.closed
    expect(source.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'not-found' } })
  })

  it('ends when the token is not good any more', async () => {
    let good = true
    await using desk = await startDesk(
      { operation: peer('operation', { ...known, watchOperation: history(1, true) }) },
      { heartbeatMs: 20 },
      () => (good ? undefined : forbidden('token-invalid', 'expired')),
    )
    using source = await openEvents(at(desk))
    await until(() => source.comments > 0, { what: 'a heartbeat' })
    good = false
    await source.closed
    expect(source.events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'token-invalid' } })
  })

  it('is one of so many for each person', async () => {
    await using desk = await start(history(0, true), { streamsPerActor: 2 })
    using first = await openEvents(at(desk))
    using second = await openEvents(at(desk))
    expect([first.status, second.status]).toEqual([200, 200])
    using third = await openEvents(at(desk))
    await third.closed
    expect([third.status, JSON.parse(third.text).slug]).toEqual([429, 'too-many-streams'])
    first[Symbol.dispose]()
    await until(
      async () => {
        using again = await openEvents(at(desk))
        return again.status === 200
      },
      { what: 'the place of the one that left' },
    )
  })

  it('is one of so many for a workspace, whoever of it asks', async () => {
    await using desk = await start(history(0, true), { streamsPerWorkspace: 2 })
    using first = await openEvents(at(desk))
    using second = await openEvents(at(desk), {}, 'colleague')
    expect([first.status, second.status]).toEqual([200, 200])
    for (const token of ['agent', 'colleague']) {
      using third = await openEvents(at(desk), {}, token)
      await third.closed
      expect([third.status, JSON.parse(third.text).slug]).toEqual([429, 'too-many-streams'])
    }
    // who was refused has taken no place of the others
    first[Symbol.dispose]()
    await until(
      async () => {
        using again = await openEvents(at(desk), {}, 'colleague')
        return again.status === 200
      },
      { what: 'the place of the one that left' },
    )
  })

  it('makes no more than a slow client takes, and cuts off one that takes nothing', async () => {
    let made = 0
    const endless = async function* () {
      for (;;) {
        made += 1
        yield { ...told(made), operation: { ...told(made).operation, text: 'x'.repeat(100_000) } }
      }
    }
    await using desk = await start(endless, { heartbeatMs: 50 })
    using source = await openEvents(at(desk))
    source.stall()
    let before = -1
    await until(
      () => {
        const still = made === before
        before = made
        return still
      },
      { what: 'the stream to stand still' },
    )
    expect(made).toBeLessThan(500)
    await until(async () => (await desk.ask('GET', '/healthz', { token: null })).status === 200, { what: 'an answer' })
  })

  it('closes without an end when the gateway stops, so that the client goes on elsewhere', async () => {
    const desk = await start(history(1, true))
    using source = await openEvents(at(desk))
    await until(() => source.events.length === 1, { what: 'the first event' })
    await desk[Symbol.asyncDispose]()
    await source.closed
    expect(source.events.map(({ event }) => event)).toEqual(['operation'])
  })
})

describe("the stream of a master's rollup", () => {
  it('tells the latest version whenever there is another one', async () => {
    let version = 7n
    const getRollup = async () => create(GetRollupResponseSchema, { rollup: { version, children: version } })
    await using desk = await startDesk({ linking: peer('linking', { getRollup }) }, { pollMs: 10 })
    const where = at(desk, `/v1/masters/${id}/stream`)
    using source = await openEvents(where)
    using known = await openEvents(where, { 'last-event-id': '7' })
    await until(() => source.events.length === 1, { what: 'the state as it is' })
    version = 9n
    await until(() => source.events.length === 2 && known.events.length === 1, { what: 'the change' })
    expect(source.events.map((each) => each.id)).toEqual(['7', '9'])
    expect(known.events[0]).toMatchObject({ id: '9', event: 'rollup', data: { version: 9, children: { total: 9 } } })
  })

  it('is looked for more and more rarely while nothing changes', async () => {
    const asked: number[] = []
    const getRollup = async () => {
      asked.push(performance.now())
      return create(GetRollupResponseSchema, { rollup: { version: 7n } })
    }
    await using desk = await startDesk({ linking: peer('linking', { getRollup }) }, { pollMs: 10 })
    using _source = await openEvents(at(desk, `/v1/masters/${id}/stream`))
    await until(() => asked.length >= 7, { what: 'the first look, and six of the stream' })
    const [, first = 0, , , , , last = 0] = asked
    expect(last - first).toBeGreaterThan((10 + 20 + 40 + 80 + 160) * 0.9)
  })
})
