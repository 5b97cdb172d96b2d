import { describe, expect, it } from 'vitest'
import { checkChange, checkUndoable } from './change.ts'
import { noChange } from './operation.ts'
import { checkHold, checkKind, checkRate, checkTarget, noFilter } from './plan.ts'
import { checkTexts } from './texts.ts'

const slug = (name: string) => expect.objectContaining({ slug: name })
const text = (kind: 'broadcast' | 'close' | 'note' | 'labels', said: string, confirmToCloseDays = 0) =>
  checkTexts(kind, { ...noChange, confirmToCloseDays }, said, []).map((body) => body.text)

describe('what a plan asks for', () => {
  it.each(['shout', 'sync', 'undo', ''])('is of a kind that people plan, not %j', (kind) =>
    expect(() => checkKind(kind)).toThrow(slug('kind-unknown')),
  )
  it.each([
    ['status-unknown', 'set_status', { status: 'closed' }],
    ['status-unknown', 'set_status', {}],
    ['priority-unknown', 'set_priority', { priority: 'shrill' }],
    ['change-missing', 'assign', {}],
    ['bad-id', 'assign', { assigneeId: 'ada' }],
    ['change-missing', 'labels', {}],
    ['labels-contradict', 'labels', { addLabels: ['a'], removeLabels: [' a'] }],
    ['value-empty', 'labels', { addLabels: [' '] }],
    ['control-character', 'labels', { addLabels: ['a\nb'] }],
    ['days-out-of-range', 'close', { confirmToCloseDays: 91 }],
    ['missed-unknown', 'catch_up', { missed: 'some' }],
  ] as const)('is refused by name: %s, %s', (name, kind, asked) =>
    expect(() => checkChange(kind, { ...noChange, ...asked })).toThrow(slug(name)),
  )
  it('keeps of a change what counts for its kind', () =>
    expect(checkChange('close', { ...noChange, status: 'open', includeReplied: true })).toEqual({
      ...noChange,
      includeReplied: true,
    }))
  it('catches up with everything, unless told', () => expect(checkChange('catch_up', noChange).missed).toBe('all'))

  it.each([
    ['target-empty', { kind: 'chosen', ticketIds: [] }],
    ['target-empty', { kind: 'filter', filter: noFilter }],
    ['target-too-large', { kind: 'chosen', ticketIds: Array.from({ length: 100_001 }, () => 'x') }],
    ['bad-id', { kind: 'chosen', ticketIds: ['x'] }],
    ['bad-id', { kind: 'filter', filter: { ...noFilter, customerIds: ['acme'] } }],
    ['sla-state-unknown', { kind: 'filter', filter: { ...noFilter, slaStates: ['late'] } }],
  ] as const)('reaches somebody: %s', (name, target) => expect(() => checkTarget(target)).toThrow(slug(name)))

  it('holds what customers see, and nothing else, unless told', () => {
    expect(checkHold(undefined, true, 15)).toBe(15)
    expect(checkHold(undefined, false, 15)).toBe(0)
    expect(checkHold(0, true, 15)).toBe(0)
    expect(() => checkHold(86_401, true, 15)).toThrow(slug('hold-out-of-range'))
    expect(() => checkRate(100_001)).toThrow(slug('rate-out-of-range'))
  })
})

describe('the text of a plan', () => {
  it.each([
    ['text-missing', 'broadcast', ' \n'],
    ['text-missing', 'note', ''],
    ['text-unexpected', 'labels', 'hello'],
    ['text-too-long', 'broadcast', `${'a'.repeat(65_535)}é`],
    ['control-character', 'broadcast', 'bell\u0007'],
    ['bidi-override', 'broadcast', 'pay \u202e004'],
    ['variable-unknown', 'close', 'Dear {{requester.age}}'],
    ['template-malformed', 'note', 'Dear {{requester.name'],
  ] as const)('is refused by name: %s', (name, kind, said) => expect(() => text(kind, said)).toThrow(slug(name)))

  it('is needed to ask before closing, not to close', () => {
    expect(text('close', '')).toEqual([])
    expect(() => text('close', '', 3)).toThrow(slug('text-missing'))
  })
  it('takes 65,536 bytes, lines and tabs', () => {
    expect(text('broadcast', 'a'.repeat(65_536))[0]).toHaveLength(65_536)
    expect(text('broadcast', 'one\n\ttwo')).toEqual(['one\n\ttwo'])
  })
  it.each([
    ['locale-malformed', [{ locale: 'de_DE', text: 'x' }]],
    ['locale-repeated', ['de', 'DE'].map((locale) => ({ locale, text: 'x' }))],
    ['text-missing', [{ locale: 'de', text: '' }]],
    ['text-too-long', ['de', 'fr', 'it', 'es'].map((locale) => ({ locale, text: 'x'.repeat(60_000) }))],
    ['too-many-variants', Array.from({ length: 51 }, (_, at) => ({ locale: `de-${at}`, text: 'x' }))],
  ])('has variants that can be told apart: %s', (name, variants) =>
    expect(() => checkTexts('broadcast', noChange, 'x', variants)).toThrow(slug(name)),
  )
})

describe('undoing', () => {
  it.each(['broadcast', 'note', 'catch_up'] as const)('never takes back words: %s', (kind) =>
    expect(() => checkUndoable({ kind, closedAt: new Date(0) })).toThrow(slug('not-undoable')),
  )
  it('waits until every child has its outcome', () => {
    expect(() => checkUndoable({ kind: 'close', closedAt: null })).toThrow(slug('not-undoable'))
    expect(() => checkUndoable({ kind: 'close', closedAt: new Date(0) })).not.toThrow()
  })
})
