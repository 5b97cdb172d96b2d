import { conflict, errorKinds, UmbelError, unavailable } from '@umbel/kernel'
import { currentTraceparent } from '@umbel/kernel/trace'
import { describe, expect, it } from 'vitest'
import type { Received } from '../message.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { dispositionOf } from './disposition.ts'
import { unmeasured } from './metrics.ts'
import { pipeline, type Step, type Work } from './pipeline.ts'
import { counted, sum } from './tally.ts'
import { withDeadline } from './with-deadline.ts'
import { withPause } from './with-pause.ts'
import { withRefetch } from './with-refetch.ts'
import { withTrace } from './with-trace.ts'

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const message: Received = {
  topic: 't',
  key: 'k',
  partition: 0,
  offset: '0',
  timestamp: 0,
  headers: { traceparent },
  value: new Uint8Array(),
}
const quiet = { warn: () => {}, error: () => {} }
const noDatabase = () => Promise.reject(new Error('no database here'))
const refetched: string[] = []
const consumer: ConsumerOptions = {
  name: 'ticket.on-probe',
  handler: {
    decode: () => undefined,
    streamKey: () => 'k',
    version: () => 1,
    handle: async () => {},
    refetch: async (workspaceId, streamKey) => {
      refetched.push(`${workspaceId}/${streamKey}`)
      throw conflict('busy', 'busy')
    },
  },
  database: { url: '', transaction: noDatabase, alone: noDatabase },
  log: quiet,
  metrics: unmeasured,
}
const work = (signal = new AbortController().signal): Work => ({
  readings: [{ kind: 'event', workspaceId: 'w', message, event: {} }],
  signal,
})
const done: Step = async () => counted('handled')

describe('behaviours', () => {
  it('stand around the step, the first outermost', async () => {
    const order: string[] = []
    const noting = (name: string) => (next: Step) => (given: Work) => {
      order.push(name)
      return next(given)
    }
    expect(await pipeline([noting('a'), noting('b')], done)(work())).toEqual(counted('handled'))
    expect(order).toEqual(['a', 'b'])
  })

  it('work inside the message’s trace', async () => {
    let seen: string | undefined
    await withTrace(async () => {
      seen = currentTraceparent()
      return counted('handled')
    })(work())
    expect(seen).toBe(traceparent)
  })

  it('give up waiting for what takes too long', async () => {
    const never: Step = () => new Promise(() => {})
    await expect(withDeadline(20)(never)(work())).rejects.toMatchObject({ kind: 'conflict', slug: 'handling-too-slow' })
    expect(await withDeadline(20)(done)(work())).toEqual(counted('handled'))
  })

  it('wait while something is away, until the partitions are', async () => {
    let tries = 0
    const awayTwice: Step = async () => {
      tries += 1
      if (tries < 3) throw unavailable('database-away', 'away')
      return counted('handled')
    }
    expect(await withPause(consumer)(awayTwice)(work())).toEqual(counted('handled'))
    expect(tries).toBe(3)
    const revoked = new AbortController()
    const away: Step = async () => {
      revoked.abort(new Error('the group rebalances'))
      throw unavailable('database-away', 'away')
    }
    await expect(withPause(consumer)(away)(work(revoked.signal))).rejects.toThrow()
  })

  it('let what was missing be, when it cannot be fetched', async () => {
    const tally = { counts: { handled: 1 }, gaps: [{ workspaceId: 'w', streamKey: 'k' }] }
    expect(await withRefetch(consumer)(async () => tally)(work())).toBe(tally)
    expect(refetched).toEqual(['w/k', 'w/k', 'w/k'])
  })
})

it('an error of each kind, and any other, has its disposition', () => {
  const of = (kind: (typeof errorKinds)[number]) => dispositionOf(new UmbelError(kind, 'slug', 'message'))
  expect(Object.fromEntries(errorKinds.map((kind) => [kind, of(kind)]))).toEqual({
    invalid: 'dead-letter',
    'not-found': 'retry',
    refused: 'skip',
    forbidden: 'dead-letter',
    conflict: 'retry',
    unavailable: 'pause',
  })
  expect(dispositionOf(new TypeError('undefined is not a ticket'))).toBe('bug')
})

it('tallies add up', () => {
  const gaps = [{ workspaceId: 'w', streamKey: 'k' }]
  expect(sum([counted('handled', 2), { counts: { handled: 1, repeat: 4 }, gaps }])).toEqual({
    counts: { handled: 3, repeat: 4 },
    gaps,
  })
})
