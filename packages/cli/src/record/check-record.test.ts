import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkRecord, type RecordEntryJson } from './check-record.ts'

const hash = (mark: number, ...parts: Buffer[]) =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.of(mark), ...parts]))
    .digest('hex')
const hex = (text: string) => Buffer.from(text, 'hex')

/** A record of a plan and one page of three children, one of them erased. */
function record(): RecordEntryJson[] {
  const leaves = ['a', 'b', 'c'].map((ticketId, at) => {
    const [salt, content] = [`0${at}`.repeat(16), JSON.stringify({ ticketId })]
    const open = at < 2
    return {
      ticketId,
      salt: open ? salt : null,
      content: open ? content : null,
      hash: hash(0, hex(salt), Buffer.from(content)),
    }
  })
  const [a, b, c] = leaves.map((leaf) => hex(leaf.hash)) as [Buffer, Buffer, Buffer]
  const root = hash(1, hex(hash(1, a, b)), c)
  const contents = [
    { seq: 1, standing: { state: 'planned' }, what: 'planned' },
    { leaves: 3, root, seq: 2, what: 'page' },
  ].map((content) => JSON.stringify(content)) as [string, string]
  const start = '0'.repeat(64)
  const first = hash(2, hex(start), Buffer.from(contents[0]))
  const common = { actorId: null, at: null }
  return [
    { ...common, seq: 1, what: 'planned', content: contents[0], previousHash: start, hash: first, leaves: [] },
    {
      ...common,
      seq: 2,
      what: 'page',
      content: contents[1],
      previousHash: first,
      hash: hash(2, hex(first), Buffer.from(contents[1])),
      leaves,
    },
  ]
}

describe('checking a record', () => {
  it('finds nothing in one that stands as it was written, also where somebody was erased', () => {
    expect(checkRecord(record(), 'planned')).toEqual({ entries: 2, leaves: 3, unreadable: 1, faults: [] })
  })

  const [plan, page] = record() as [RecordEntryJson, RecordEntryJson]
  const [one, ...others] = page.leaves
  it.each<[string, RecordEntryJson[], string]>([
    [
      'an entry that was changed',
      [{ ...plan, content: plan.content.replace('planned', 'started') }, page],
      'entry 1: its content was changed',
    ],
    ['an entry that was taken away', [page], 'entry 2: stands where 1 should'],
    ['a leaf that was taken away', [plan, { ...page, leaves: others }], 'entry 2: has 2 leaves and says 3'],
    [
      'leaves in another order',
      [plan, { ...page, leaves: [...page.leaves].reverse() }],
      'entry 2: its leaves are not those that were written',
    ],
    [
      'a leaf that says something else',
      [plan, { ...page, leaves: [{ ...one, content: '{}' } as never, ...others] }],
      'entry 2: leaf 0 was changed',
    ],
    [
      'a word that differs from the content',
      [{ ...plan, what: 'approved' }, page],
      'entry 1: is shown as something else than its content says',
    ],
  ])('names %s', (_, entries, fault) => expect(checkRecord(entries, 'planned').faults).toContain(fault))

  it('names a chain that was cut off at its end', () =>
    expect(checkRecord(record(), 'finished').faults).toEqual(['no entry tells that it is finished']))
})
