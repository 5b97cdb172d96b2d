import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDifference, type Contribution, countedAs, noDelta, type RollupDelta, referencesOf } from './contribution.ts'
import { NO_GROUP, priorities, statuses } from './words.ts'

const contribution: fc.Arbitrary<Contribution> = fc.record({
  status: fc.constantFrom(...statuses),
  priority: fc.constantFrom(...priorities),
  groupId: fc.constantFrom(null, 'g1', 'g2'),
  customerId: fc.constantFrom(null, 'c1', 'c2', 'c3'),
  projectId: fc.constantFrom(null, 'p1'),
  purpose: fc.constantFrom('customer' as const, 'follow_up' as const),
  primary: fc.boolean(),
})
const step = fc.record({
  child: fc.constantFrom('a', 'b', 'c', 'd'),
  master: fc.constantFrom('m1', 'm2'),
  now: fc.option(contribution, { nil: undefined }),
})

/** The oracle: counts everybody anew. */
function recount(children: readonly Contribution[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const add = (key: string) => {
    counts[key] = (counts[key] ?? 0) + 1
  }
  for (const child of children) {
    const group = child.groupId ?? NO_GROUP
    for (const figure of countedAs(child)) add(`${group} ${figure}`)
    for (const { kind, id } of referencesOf(child)) add(`${kind} ${id} ${group}`)
  }
  return counts
}

const flat = ({ groups, references }: RollupDelta): Record<string, number> => ({
  ...Object.fromEntries(
    [...groups].flatMap(([group, figures]) => [...figures].map(([figure, count]) => [`${group} ${figure}`, count])),
  ),
  ...Object.fromEntries([...references].map(([key, { count }]) => [key, count])),
})

describe('what children contribute', () => {
  it('adds up, difference by difference, to what a recount gives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const totals = { m1: noDelta(), m2: noDelta() }
        const last = new Map<string, Contribution>()
        for (const { child, master, now } of steps) {
          const key = `${master} ${child}`
          addDifference(totals[master], last.get(key), now)
          if (now) last.set(key, now)
          else last.delete(key)
        }
        for (const master of ['m1', 'm2'] as const) {
          const children = [...last].flatMap(([key, value]) => (key.startsWith(master) ? [value] : []))
          expect(flat(totals[master])).toEqual(recount(children))
        }
      }),
    )
  })

  it('leaves nothing behind when every child has left', () => {
    fc.assert(
      fc.property(fc.array(contribution), (children) => {
        const delta = noDelta()
        for (const child of children) addDifference(delta, undefined, child)
        for (const child of children.toReversed()) addDifference(delta, child, undefined)
        expect(flat(delta)).toEqual({})
      }),
    )
  })

  it('counts nobody as affected by our own follow-ups', () => {
    fc.assert(
      fc.property(contribution, (child) => {
        expect(referencesOf({ ...child, purpose: 'follow_up' })).toEqual([])
      }),
    )
  })
})
