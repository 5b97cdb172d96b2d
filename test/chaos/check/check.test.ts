import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../history.ts'
import { check, rules } from './check.ts'
import type { Counter } from './finding.ts'
import { audit, CHILDREN, type Forged, forged, good, OPERATION, TEXT, TOKENS } from './forge.ts'

const [CHILD] = CHILDREN

type Spoil = (history: readonly Forged[]) => readonly Forged[]

const isOf = (type: HistoryEvent['type']) => (event: Forged) =>
  event.type === type && (!('ticketId' in event) || event.ticketId === CHILD)
const without =
  (type: HistoryEvent['type'], more: (event: Forged) => boolean = () => true): Spoil =>
  (history) =>
    history.filter((event) => !(isOf(type)(event) && more(event)))
const plus =
  (...events: readonly Forged[]): Spoil =>
  (history) => [...history, ...events]
const changed =
  (type: HistoryEvent['type'], change: object): Spoil =>
  (history) =>
    history.map((event) => (isOf(type)(event) ? Object.assign({}, event, change) : event))
const both =
  (...spoils: readonly Spoil[]): Spoil =>
  (history) =>
    spoils.reduce((so, spoil) => spoil(so), history)

const call = (
  verb: 'pause' | 'resume' | 'cancel' | 'comment' | 'unlink',
  phase: 'invoke' | 'ok',
  at: number,
): Forged => ({
  type: 'call',
  call: 9,
  verb,
  phase,
  ...(verb === 'comment' || verb === 'unlink'
    ? { ticketId: CHILD, text: 'Nobody has this.' }
    : { operationId: OPERATION }),
  at,
})
const mail = { type: 'mail', messageId: `<${CHILD}>`, to: `${CHILD}@customer.example`, text: TEXT, raw: TEXT } as const
const probed = (effects: number, at: number): Forged => ({ type: 'probe', operationId: OPERATION, effects, at })

const bad: readonly (readonly [string, Counter, Spoil])[] = [
  ['an acknowledged start of an operation that never ended', 'lost', changed('operation', { state: 'running' })],
  ['an acknowledged comment that is not there', 'lost', plus(call('comment', 'ok', 12))],
  ['an acknowledged unlinking of a child that is still linked', 'lost', plus(call('unlink', 'ok', 12))],
  ['an acknowledged cancel of an operation that went on to its end', 'lost', plus(call('cancel', 'ok', 90))],
  ['a child without an outcome', 'lost', without('item')],
  ['an item that is still waiting', 'lost', changed('item', { state: 'planned' })],
  ['two outcomes for one child', 'doubled', (history) => [...history, ...history.filter(isOf('item'))]],
  [
    'an applied child that did not change',
    'lost',
    without('audit', (event) => 'version' in event && event.version === 2),
  ],
  ['a child changed twice by one step', 'doubled', plus(audit(CHILD, 3, OPERATION))],
  ['a skipped child that changed', 'doubled', changed('item', { state: 'skipped' })],
  ['an applied broadcast without its text', 'lost', without('comment')],
  [
    'the text twice in one thread',
    'doubled',
    plus({ type: 'comment', ticketId: CHILD, commentId: 'another', version: 3, text: TEXT }),
  ],
  [
    'a mail said to be sent that never came',
    'lost',
    (history) => history.filter((event) => event.type !== 'mail' || event.to !== mail.to),
  ],
  ['nobody owed a mail for an applied broadcast', 'lost', changed('item', { notification: null })],
  ['a mail that is still waiting at the end', 'lost', changed('item', { notification: 'pending' })],
  ['a second mail that nobody doubted', 'doubled', plus(mail)],
  ['a mail although it was withheld', 'doubled', changed('item', { notification: 'withheld' })],
  [
    'a mail in doubt that came again under another name',
    'doubled',
    both(changed('item', { notification: 'unknown' }), plus({ ...mail, messageId: '<another>' })),
  ],
  ['a comment that no endpoint heard of', 'lost', without('hook')],
  [
    'a comment told to an endpoint under two names',
    'doubled',
    plus({ type: 'hook', webhookId: 'another', ticketId: CHILD, commentId: `comment-${CHILD}` }),
  ],
  ['a version that no event told', 'lost', without('fact', (event) => 'version' in event && event.version === 2)],
  [
    'versions in the wrong order',
    'orderBreaks',
    (history) =>
      history.map((event) =>
        isOf('fact')(event) && event.type === 'fact' ? { ...event, offset: -event.offset } : event,
      ),
  ],
  ['a version without an audit entry', 'lost', changed('ticket', { version: 3 })],
  ['an audit that ends in another state', 'lost', changed('ticket', { status: 'solved' })],
  ['a version with two audit entries', 'doubled', plus(audit(CHILD, 1, null))],
  ['a rollup that is no recount', 'lost', changed('rollup', { open: 1, closed: 1 })],
  ['a change recorded after a pause', 'changesAfterPause', plus(call('pause', 'ok', 12))],
  [
    'a change that was committed after a pause although recorded before it',
    'changesAfterPause',
    plus(call('pause', 'ok', 16), probed(1, 17), probed(2, 18)),
  ],
  ['a mail after a pause', 'mailsAfterPause', plus(call('pause', 'ok', 16), call('resume', 'invoke', 50))],
  [
    'another child’s words in a mail',
    'foreignTokens',
    plus({ ...mail, messageId: '<foreign>', text: '', raw: `Hello ${TOKENS['child-2']}` }),
  ],
  [
    'another child’s words in a thread',
    'foreignTokens',
    plus({ type: 'comment', ticketId: CHILD, commentId: 'x', version: 2, text: TOKENS['child-2'] }),
  ],
]

describe('the checker', () => {
  it('finds nothing in a good history', () => {
    expect(check(forged(good)).findings).toEqual([])
  })

  it.each(bad)('finds %s', (_, counter, spoil) => {
    const verdict = check(forged(spoil(good)))
    expect(verdict[counter]).toBeGreaterThan(0)
    expect(verdict.findings.find((finding) => finding.counter === counter)?.lines).not.toEqual([])
  })

  it('is shown a bad history for each of its rules', () => {
    const found = new Set(bad.flatMap(([, , spoil]) => check(forged(spoil(good))).findings.map(({ rule }) => rule)))
    expect(found.size).toBe(rules.length)
  })

  it.each([
    ['events that come again', (history: readonly Forged[]) => [...history, ...history.filter(isOf('fact'))]],
    ['a mail in doubt that came twice under one name', both(changed('item', { notification: 'unknown' }), plus(mail))],
    ['mails after somebody asked to go on', plus(call('pause', 'ok', 16), call('resume', 'invoke', 18))],
    ['what was asked for and not acknowledged', plus(call('cancel', 'invoke', 12))],
  ] satisfies [string, Spoil][])('forgives %s', (_, spoil) => {
    expect(check(forged(spoil(good))).findings).toEqual([])
  })

  it('counts what nobody can know apart', () => {
    expect(check(forged(changed('item', { notification: 'unknown' })(good))).unknown).toBe(1)
  })
})
