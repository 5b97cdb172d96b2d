import { describe, expect, it } from 'vitest'
import { bodiesOf, effectOf, isAsking } from './effect.ts'
import { type Change, noChange, type Operation, type OperationKind } from './operation.ts'

const given = (kind: OperationKind, change: Partial<Change> = {}, step = 1) => ({
  kind,
  change: { ...noChange, ...change },
  step,
})

describe('what a page does', () => {
  it.each([
    [given('broadcast'), { kind: 'broadcast' }],
    [given('catch_up', { missed: 'all' }), { kind: 'broadcast' }],
    [given('note'), { kind: 'note' }],
    [given('close', { includeReplied: true }), { kind: 'close', includeReplied: true, askedInStep: 0 }],
    [given('set_status', { status: 'pending' }), { kind: 'set_status', status: 'pending' }],
    [given('set_priority', { priority: 'urgent' }), { kind: 'set_priority', priority: 'urgent' }],
    [given('assign', { assigneeId: '' }), { kind: 'assign', assigneeId: '', groupId: null }],
    [given('labels', { addLabels: ['a'] }), { kind: 'labels', add: ['a'], remove: [] }],
    [given('undo', { undoneOperationId: 'o', undoneStep: 2 }), { kind: 'undo', operationId: 'o', step: 2 }],
    [given('sync', { syncKind: 'set_status', status: 'open' }), { kind: 'set_status', status: 'open' }],
  ] as const)('follows from the kind: %j', (operation, effect) => {
    expect(effectOf(operation)).toEqual(effect)
  })

  it('is a question first and a close after it, where the close asks', () => {
    const asking = given('close', { confirmToCloseDays: 3, includeReplied: true })
    expect(isAsking(asking)).toBe(true)
    expect(effectOf(asking)).toEqual({ kind: 'ask_to_close', includeReplied: true })
    const closing = { ...asking, step: 2 }
    expect(isAsking(closing)).toBe(false)
    expect(effectOf(closing)).toEqual({ kind: 'close', includeReplied: false, askedInStep: 1 })
  })

  it('needs a sync to say what it decided on', () => {
    expect(() => effectOf(given('sync'))).toThrow()
  })
})

describe('the texts of a page', () => {
  const operation = {
    ...given('broadcast'),
    text: 'hello',
    variants: [
      { locale: 'de', text: 'hallo' },
      { locale: 'fr', text: 'salut' },
    ],
  } as unknown as Operation

  it('are those that its items get, each once', () => {
    expect(bodiesOf(operation, [{ body: 3 }, { body: 1 }, { body: 3 }, { body: 0 }])).toEqual([
      { index: 1, text: 'hello' },
      { index: 3, text: 'salut' },
    ])
  })

  it('were said in the first step', () => {
    expect(bodiesOf({ ...operation, step: 2 }, [{ body: 1 }])).toEqual([])
  })
})
