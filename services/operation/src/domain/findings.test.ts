import { describe, expect, it } from 'vitest'
import type { PlannedItem, PlannedTicket } from './decide-item.ts'
import { collectEmptyVariables, collectUnaddressed, findingsForOthers, leakFindings } from './findings.ts'
import { pickPreviews } from './previews.ts'
import { toBody } from './texts.ts'

const leak = (phrase: string, common = false) => ({ field: 'text', phrase, kind: 'customer', common })

describe('findings', () => {
  it('block where a text gives somebody away, once for each phrase, unless the word is common', () =>
    expect(leakFindings([leak('Support', true), leak('Acme'), leak('Acme')], false)).toMatchObject([
      { kind: 'leak', phrase: 'Acme', leakKind: 'customer', blocks: true },
      { kind: 'leak', phrase: 'Support', blocks: false },
    ]))

  it('block nothing where they are overridden', () =>
    expect(leakFindings([leak('Acme')], true)).toMatchObject([{ phrase: 'Acme', blocks: false }]))

  it('say once for a plan that a text names children in hiding, also beside any number of others', () => {
    const hidden = { field: '', phrase: '', kind: 'hidden', common: false }
    const many = Array.from({ length: 60 }, (_, at) => leak(`Acme ${at}`))
    const found = leakFindings([hidden, ...many, hidden], false)
    expect(found.filter(({ leakKind }) => leakKind === 'hidden')).toEqual([
      {
        kind: 'leak',
        field: 'text',
        message: 'it names somebody whom the planner may not see',
        blocks: true,
        phrase: '',
        leakKind: 'hidden',
        ticketNumbers: [],
      },
    ])
    expect(leakFindings([hidden], true)).toMatchObject([{ blocks: false }])
  })

  it('name the first children whose text cannot be said', () => {
    const empty = collectEmptyVariables()
    const body = toBody({ locale: '', text: '{{requester.name}}' }, 2, 'text')
    for (let number = 1; number <= 12; number += 1) empty.note(skipped, ticket(number, ''), body)
    expect(empty.findings()).toMatchObject([
      { kind: 'variable-empty', field: 'variants[0].text', blocks: false, phrase: 'requester.name' },
    ])
    expect(empty.findings()[0]?.message).toMatch(/#1, .* #10 and 2 more$/)
  })
})

describe('leaks, as whoever may see less than the planner is told of them', () => {
  const told = (...given: Parameters<typeof leakFindings>) => findingsForOthers(leakFindings(...given))
  const one = { kind: 'leak', field: 'text', phrase: '', leakKind: 'hidden', ticketNumbers: [] }

  it('are one, without anybody’s name', () => {
    const found = told([{ ...leak('Acme'), field: 'variants[0].text' }, leak('Borealis'), leak('Support', true)], false)
    expect(found).toMatchObject([{ ...one, blocks: true }])
    expect(JSON.stringify(found)).not.toMatch(/Acme|Borealis|Support|variants/)
  })

  it('block nothing where those of the planner block nothing', () => {
    expect(told([leak('Acme')], true)).toMatchObject([{ ...one, blocks: false }])
    expect(told([leak('Support', true)], false)).toMatchObject([{ ...one, blocks: false }])
    expect(told([], false)).toEqual([])
  })
})

describe('children without an address', () => {
  const unaddressed = collectUnaddressed()
  unaddressed.note({ ...skipped, state: 'planned' }, ticket(1, ''))
  unaddressed.note(skipped, { ...ticket(2, ''), unaddressed: true })
  const none = unaddressed.findings()
  for (let number = 3; number <= 14; number += 1)
    unaddressed.note({ ...skipped, state: 'planned' }, { ...ticket(number, ''), unaddressed: true })
  const found = unaddressed.findings()

  it('are one warning where a text is planned for them, and none where they are skipped', () => {
    expect(none).toEqual([])
    expect(found).toMatchObject([{ kind: 'nobody-told', blocks: false }])
    expect(found[0]?.message).toContain('no mail goes to 12 of these')
    expect(found[0]?.ticketNumbers).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it('are told to nobody who may see less than the planner', () => expect(findingsForOthers(found)).toEqual([]))
})

describe('previews', () => {
  const body = toBody({ locale: '', text: 'Hi {{requester.name}}' }, 1, 'text')
  const shown = (customers: readonly string[]) => {
    const previews = pickPreviews()
    customers.forEach((customerId, at) => {
      previews.look({ ...skipped, state: 'planned' }, ticket(at + 1, customerId), body)
    })
    return previews.chosen().map(({ ticketNumber }) => ticketNumber)
  }

  it('are of different customers', () => expect(shown(['a', 'a', 'b', 'b', 'c', 'd'])).toEqual([1, 3, 5]))
  it('are of the same one where there is no other', () => expect(shown(['a', 'a', 'b', 'a'])).toEqual([1, 3, 2]))
})

const skipped: PlannedItem = {
  ticketId: 't-1',
  linkId: 'l-1',
  ticketNumber: 1,
  plannedVersion: 1,
  version: 0,
  body: 1,
  state: 'skipped',
  reason: 'variable-empty',
  before: '',
  after: '',
}

const ticket = (number: number, customerId: string): PlannedTicket => ({
  number,
  version: 1,
  movedVersion: 1,
  status: 'open',
  priority: 'normal',
  assigneeId: '',
  groupId: '',
  customerId,
  labels: [],
  linkId: '',
  customerWaits: false,
  locale: '',
  unaddressed: false,
  values: {},
})
