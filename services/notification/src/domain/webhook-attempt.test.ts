import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideEndpoint, decideMessage, isProbed, type PostResult } from './webhook-attempt.ts'

const answered = (status: number, retryAfterMs: number | null = null): PostResult => ({
  kind: 'answered',
  status,
  retryAfterMs,
})
const timeout: PostResult = { kind: 'failed', reason: 'timeout' }
const MIDDLE = 0.5

it('tries ten times over some 75 hours', () => {
  const waits = Array.from({ length: 10 }, (_, n) => decideMessage(n + 1, timeout, MIDDLE).delayMs)
  const seconds = waits.map((wait) => (wait === null ? null : wait / 1_000))
  expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, null])
  expect(decideMessage(10, timeout, MIDDLE)).toMatchObject({ state: 'failed', reason: 'retries-exhausted' })
})

it('ends at any 2xx and at 410, takes redirects for failures, and honours Retry-After', () => {
  for (const status of [200, 204, 299]) expect(decideMessage(1, answered(status), MIDDLE).state).toBe('sent')
  expect(decideMessage(1, answered(410), MIDDLE)).toMatchObject({ state: 'failed', reason: 'gone' })
  for (const status of [301, 307, 400, 404, 429, 500, 503])
    expect(decideMessage(1, answered(status), MIDDLE)).toMatchObject({ state: 'retry', reason: `http-${status}` })
  expect(decideMessage(1, answered(429, 60_000), MIDDLE).delayMs).toBe(60_000)
  expect(decideMessage(3, answered(503, 60_000), MIDDLE).delayMs).toBe(1_800_000)
})

it('rests after five failures in a row, twice as long each time, and at once when throttled', () => {
  const failures = (count: number) => Array.from({ length: count }, () => timeout)
  expect(decideEndpoint(0, failures(4)).restMs).toBeNull()
  expect(decideEndpoint(0, failures(5)).restMs).toBe(5_000)
  expect(decideEndpoint(0, failures(16))).toMatchObject({ failures: 5, restMs: 5_000 }) // one outage, sixteen in flight
  expect(decideEndpoint(5, failures(1)).restMs).toBe(10_000)
  expect(decideEndpoint(30, failures(1)).restMs).toBe(900_000)
  expect(decideEndpoint(4, [timeout, answered(200)])).toEqual({ failures: 0, restMs: null, gone: false })
  for (const status of [429, 502, 504]) expect(decideEndpoint(0, [answered(status)]).restMs).toBe(5_000)
  expect(decideEndpoint(0, [answered(503)]).restMs).toBeNull()
  expect(decideEndpoint(0, [answered(503, 30_000)]).restMs).toBe(30_000)
  expect(decideEndpoint(0, [answered(410), answered(200)]).gone).toBe(true)
})

const results: fc.Arbitrary<PostResult> = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.integer({ min: 100, max: 599 }),
    retryAfterMs: fc.option(fc.nat(1e9)),
  }),
  fc.constant(timeout),
  fc.constant<PostResult>({ kind: 'not-begun' }),
)

it('always comes to an end within ten attempts that were made, and never rests longer than a day', () => {
  fc.assert(
    fc.property(
      fc.array(results, { minLength: 10, maxLength: 40 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (all, jitter) => {
        let attempts = 0
        let ended = false
        for (const result of all) {
          const outcome = decideMessage(attempts + 1, result, jitter)
          if (outcome.delivery !== null) attempts += 1
          ended = outcome.delayMs === null
          if (ended) break
          expect(outcome.delayMs).toBeLessThanOrEqual(26.4 * 3_600_000)
        }
        const made = all.filter(({ kind }) => kind !== 'not-begun').length
        expect(attempts).toBeLessThanOrEqual(10)
        expect(ended || made < 10).toBe(true)
        const endpoint = decideEndpoint(0, all)
        expect(endpoint.restMs ?? 0).toBeLessThanOrEqual(24 * 3_600_000)
        expect(!isProbed(endpoint.failures) || endpoint.restMs !== null).toBe(true)
      },
    ),
  )
})
