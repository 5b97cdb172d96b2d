import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catchUpTexts, fixedTexts } from './choose-text.ts'
import { decideItem, itemDigest, type PlannedChild, type PlannedTicket, type Rule } from './decide-item.ts'
import { type Change, noChange, type OperationKind } from './operation.ts'
import { checkTexts, toBody } from './texts.ts'

const ticket = (more: Partial<PlannedTicket> = {}): PlannedTicket => ({
  number: 7,
  version: 3,
  movedVersion: 3,
  status: 'open',
  priority: 'normal',
  assigneeId: '',
  groupId: 'g-1',
  customerId: 'c-1',
  labels: ['login', 'vip'],
  linkId: 'l-1',
  customerWaits: false,
  locale: '',
  unaddressed: false,
  values: {},
  ...more,
})
const child = (more: Partial<PlannedTicket> = {}, also: Partial<PlannedChild> = {}): PlannedChild => ({
  ticketId: 't-1',
  linkId: 'l-1',
  linkSeq: 5,
  ticket: ticket(more),
  linked: true,
  ...also,
})
const rule = (kind: OperationKind, change: Partial<Change> = {}, text = ''): Rule => ({
  kind,
  change: { ...noChange, ...change },
  textFor: fixedTexts(text === '' ? [] : [toBody({ locale: '', text }, 1, 'text')]).textFor,
  nameOf: (id) => ({ 'a-1': 'Ada', 'g-1': 'Support', 'g-2': 'Night shift' })[id] ?? id,
})

const many = Array.from({ length: 100 }, (_, at) => `${at} `.padEnd(255, 'x'))

describe('planning an item', () => {
  it.each<[string, Rule, PlannedChild, string, string]>([
    ['set_status', rule('set_status', { status: 'pending' }), child(), 'open', 'pending'],
    ['set_priority', rule('set_priority', { priority: 'urgent' }), child(), 'normal', 'urgent'],
    ['assign', rule('assign', { assigneeId: 'a-1', groupId: 'g-2' }), child(), 'none, Support', 'Ada, Night shift'],
    ['assign, one of both', rule('assign', { assigneeId: 'a-1', groupId: 'g-1' }), child(), 'none', 'Ada'],
    ['assign, group taken away', rule('assign', { groupId: '' }), child(), 'Support', 'none'],
    ['labels', rule('labels', { addLabels: ['a'], removeLabels: ['vip'] }), child(), 'login, vip', 'a, login'],
    ['close', rule('close'), child(), 'open', 'solved'],
    ['close that asks', rule('close', { confirmToCloseDays: 3 }, 'ok?'), child(), 'open', 'pending, then solved'],
    ['broadcast', rule('broadcast', {}, 'hi'), child({ status: 'solved' }), 'solved', 'solved'],
    ['note', rule('note', {}, 'hi'), child(), 'open', 'open'],
    ['sync', rule('sync', { syncKind: 'set_priority', priority: 'high' }), child(), 'normal', 'high'],
    ['undo', rule('undo'), child({}, { undone: { before: 'new', after: 'open', version: 3 } }), 'open', 'new'],
    [
      'undo',
      rule('undo'),
      child({ movedVersion: 2 }, { undone: { before: 'new', after: 'open', version: 2 } }),
      'open',
      'new',
    ],
  ])('says what becomes of a child: %s', (_, given, to, before, after) => {
    expect(decideItem(given, to)).toMatchObject({ state: 'planned', reason: '', before, after })
  })

  it.each<[string, Rule, PlannedChild]>([
    ['not-found', rule('close'), child({}, { ticket: undefined })],
    ['no-longer-linked', rule('close'), child({}, { linked: false })],
    ['ticket-closed', rule('broadcast', {}, 'hi'), child({ status: 'closed' })],
    ['ticket-closed', rule('set_status', { status: 'open' }), child({ status: 'closed' })],
    ['already-solved', rule('close'), child({ status: 'solved' })],
    ['customer-replied', rule('close'), child({ customerWaits: true })],
    ['already-so', rule('set_status', { status: 'open' }), child()],
    ['too-many-labels', rule('labels', { addLabels: ['z'] }), child({ labels: many })],
    ['already-so', rule('labels', { addLabels: ['vip'], removeLabels: ['none'] }), child()],
    ['already-so', rule('assign', { groupId: 'g-1' }), child()],
    ['already-so', rule('sync', { syncKind: 'set_status', status: 'open' }), child()],
    ['variable-empty', rule('note', {}, '{{requester.name}}'), child({ values: { 'requester.name': ' ' } })],
    ['moved-since', rule('undo'), child({}, { undone: { before: 'new', after: 'open', version: 2 } })],
  ])('skips with the reason %s', (reason, given, to) => {
    expect(decideItem(given, to)).toMatchObject({ state: 'skipped', reason })
  })

  it('tells labels apart by all of them, however few are named', () => {
    const item = decideItem(rule('labels', { addLabels: ['z'], removeLabels: ['y'] }), child({ labels: many.slice(1) }))
    expect(item.state).toBe('planned')
    expect([item.before.length, item.after.length]).toEqual([500, 500])
  })

  it('closes whose customer waits, when told to', () =>
    expect(decideItem(rule('close', { includeReplied: true }), child({ customerWaits: true })).state).toBe('planned'))

  it('says a text with a fallback to those whose value is empty', () =>
    expect(decideItem(rule('broadcast', {}, 'Hi {{requester.name | you}}'), child()).state).toBe('planned'))

  it.each([
    ['de-AT', 3],
    ['DE-at', 3],
    ['de-CH', 2],
    ['de', 2],
    ['fr', 1],
    ['', 1],
  ])('gives the text of the language: %s', (locale, body) => {
    const variants = [
      { locale: 'de', text: 'Hallo' },
      { locale: 'de-AT', text: 'Servus' },
    ]
    const texts = fixedTexts(checkTexts('broadcast', noChange, 'Hello', variants))
    const given: Rule = { ...rule('broadcast'), textFor: texts.textFor }
    expect(decideItem(given, child({ locale })).body).toBe(body)
  })

  it('catches each child up with what it missed, each text once', () => {
    const at = new Date(0)
    const past = (operationId: string, text: string) => ({
      operationId,
      linkSeq: 1,
      startedAt: at,
      closedAt: at,
      texts: [{ locale: '', text }],
    })
    const [one, two] = [past('o-1', 'It is down'), past('o-2', 'It is up')]
    const texts = catchUpTexts('all')
    const given: Rule = { ...rule('catch_up', { missed: 'all' }), textFor: texts.textFor }
    const bodyOf = (missed: PlannedChild['missed']) => decideItem(given, child({}, { missed }))
    expect([bodyOf([one, two]).body, bodyOf([two]).body, bodyOf([one, two]).body]).toEqual([1, 2, 1])
    expect(texts.bodies().map(({ text }) => text)).toEqual(['It is down\n\nIt is up', 'It is up'])
    expect(bodyOf([])).toMatchObject({ state: 'skipped', reason: 'already-so' })
    const last = catchUpTexts('last')
    decideItem({ ...given, textFor: last.textFor }, child({}, { missed: [one, two] }))
    expect(last.bodies().map(({ text }) => text)).toEqual(['It is up'])
  })
})

const words = fc.constantFrom('new', 'open', 'pending', 'on_hold', 'solved', 'closed')
const tickets = fc.record({
  status: words,
  priority: fc.constantFrom('low', 'normal'),
  customerWaits: fc.boolean(),
  labels: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  version: fc.integer({ min: 1, max: 5 }),
})
const rules = fc.constantFrom(
  rule('set_status', { status: 'open' }),
  rule('set_priority', { priority: 'low' }),
  rule('labels', { addLabels: ['a'], removeLabels: ['b'] }),
  rule('close'),
  rule('close', { includeReplied: true }, 'bye {{customer.name | dear}}'),
  rule('broadcast', {}, 'hi {{requester.name}}'),
  rule('note', {}, 'hi'),
)

describe('any plan of any child', () => {
  it('says why it skips, and changes nothing of what it skips', () => {
    fc.assert(
      fc.property(rules, tickets, fc.boolean(), (given, more, linked) => {
        const item = decideItem(given, child(more, { linked }))
        expect(item.reason === '').toBe(item.state === 'planned')
        if (item.state === 'skipped') expect(item.after).toBe(item.before)
        if (more.status === 'closed' || !linked) expect(item.state).toBe('skipped')
        if (item.state === 'planned' && given.kind.startsWith('set')) expect(item.after).not.toBe(item.before)
      }),
    )
  })

  it('has the same digest for the same child, and another once anything of it has changed', () => {
    fc.assert(
      fc.property(rules, tickets, tickets, (given, one, other) => {
        const [first, second] = [decideItem(given, child(one)), decideItem(given, child(other))]
        expect(itemDigest(decideItem(given, child(one)))).toBe(itemDigest(first))
        const { version: _, ...seen } = first
        const { version: __, ...seenToo } = second
        expect(itemDigest(first) === itemDigest(second)).toBe(JSON.stringify(seen) === JSON.stringify(seenToo))
      }),
    )
  })
})
