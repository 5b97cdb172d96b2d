import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { missedBy, type PastBroadcast } from './catch-up.ts'

const at = (second: number) => new Date(second * 1_000)
const broadcasts: PastBroadcast[] = [1, 2, 3].map((number) => ({
  operationId: `o-${number}`,
  linkSeq: number * 10,
  startedAt: at(number * 10),
  closedAt: at(number * 10 + 5),
  texts: [{ locale: '', text: `${number}` }],
}))
const missed = (linkSeq: number, received: readonly string[] = [], caughtUpAt?: number) =>
  missedBy(broadcasts, {
    linkSeq,
    received: new Set(received),
    caughtUpAt: caughtUpAt === undefined ? undefined : at(caughtUpAt),
  }).map(({ operationId }) => operationId)

describe('what a late joiner missed', () => {
  it('is what was planned before it joined', () => {
    expect(missed(5)).toEqual([])
    expect(missed(15)).toEqual(['o-1'])
    expect(missed(31)).toEqual(['o-1', 'o-2', 'o-3'])
  })
  it('is nothing that it got all the same', () => expect(missed(25, ['o-1'])).toEqual(['o-2']))
  it('is nothing that had closed when it was caught up', () => expect(missed(31, [], 25)).toEqual(['o-3']))

  it('never grows by being caught up, and is empty right after', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.subarray(['o-1', 'o-2', 'o-3']), fc.nat(40), (linkSeq, received, caughtUpAt) => {
        const before = missed(linkSeq, received)
        expect(before).toEqual(expect.arrayContaining(missed(linkSeq, received, caughtUpAt)))
        expect(missed(linkSeq, received, 99)).toEqual([])
      }),
    )
  })
})
