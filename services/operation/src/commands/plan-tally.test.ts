import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedTexts } from '../domain/choose-text.ts'
import type { PlannedItem } from '../domain/decide-item.ts'
import { MAX_ITEMS } from '../domain/plan.ts'
import { openTally } from './plan-tally.ts'

const items = fc.array(
  fc.record<PlannedItem>({
    ticketId: fc.constantFrom('t-1', 't-2'),
    linkId: fc.constantFrom('l-1', ''),
    ticketNumber: fc.constant(1),
    plannedVersion: fc.nat(2),
    version: fc.constant(0),
    body: fc.nat(1),
    state: fc.constantFrom('planned', 'skipped'),
    reason: fc.constantFrom('', 'ticket-closed'),
    before: fc.constantFrom('open', 'a|b', 'a'),
    after: fc.constantFrom('open', 'b|a', ''),
  }),
  { maxLength: 4 },
)
const decided = fc.record({ text: fc.constantFrom('', 'hello'), rate: fc.nat(1) })

const page = { children: [], hidden: 0, linkSeq: 0 }
const hashOf = (some: readonly PlannedItem[], settings: object, cutAt = some.length) => {
  const tally = openTally(fixedTexts([]), false)
  tally.add(page, some.slice(0, cutAt))
  tally.add(page, some.slice(cutAt))
  return tally.hash(settings)
}

describe('the hash of a plan', () => {
  it('is the same for the same, however it was cut into pages', () => {
    fc.assert(
      fc.property(items, decided, fc.nat(4), (some, settings, cutAt) => {
        expect(hashOf(some, settings, cutAt)).toBe(hashOf(some, settings))
      }),
    )
  })

  it('is another once an item, its order, a text or a setting is another', () => {
    fc.assert(
      fc.property(items, items, decided, decided, (one, other, settings, others) => {
        const same = JSON.stringify([one, settings]) === JSON.stringify([other, others])
        expect(hashOf(one, settings) === hashOf(other, others)).toBe(same)
      }),
    )
  })
})

describe('what is kept of a plan', () => {
  const item = (at: number): PlannedItem => ({
    ticketId: `t-${at}`,
    linkId: '',
    ticketNumber: at,
    plannedVersion: 1,
    version: 0,
    body: 0,
    state: 'planned',
    reason: '',
    before: '',
    after: '',
  })

  it('names a thousand receivers, and none where there are more', () => {
    const tally = openTally(fixedTexts([]), false)
    tally.add(
      page,
      Array.from({ length: 1_000 }, (_, at) => item(at)),
    )
    expect(tally.receivers()).toHaveLength(1_000)
    tally.add(page, [item(1_000)])
    expect([tally.receivers().length, tally.applying]).toEqual([0, 1_001])
  })

  it('ends at 100,000', () => {
    const tally = openTally(fixedTexts([]), false)
    tally.add(
      page,
      Array.from({ length: MAX_ITEMS }, () => item(1)),
    )
    expect(() => tally.add(page, [item(2)])).toThrow(expect.objectContaining({ slug: 'target-too-large' }))
  })
})
