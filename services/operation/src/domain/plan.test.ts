import { describe, expect, it } from 'vitest'
import { checkHold, checkKind, checkText, decideItem, itemDigest, type PlannedChild } from './plan.ts'

const child = (status: string, more: Partial<PlannedChild> = {}): PlannedChild => ({
  ticketId: 't-1',
  linkId: 'l-1',
  ticket: { number: 7, version: 3, status },
  linked: true,
  ...more,
})
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('planning an item', () => {
  it('closes an open child', () => {
    expect(decideItem('close', child('open'))).toMatchObject({ state: 'planned', before: 'open', after: 'solved' })
  })

  it('changes nothing but the thread of a child that hears a broadcast, solved ones too', () => {
    expect(decideItem('broadcast', child('solved'))).toMatchObject({
      state: 'planned',
      before: 'solved',
      after: 'solved',
    })
  })

  it.each([
    ['ticket-closed', 'broadcast', child('closed')],
    ['ticket-closed', 'close', child('closed')],
    ['already-solved', 'close', child('solved')],
    ['not-found', 'close', child('open', { ticket: undefined })],
    ['no-longer-linked', 'close', child('open', { linked: false })],
  ] as const)('skips with the reason %s', (reason, kind, skipped) => {
    expect(decideItem(kind, skipped)).toMatchObject({ state: 'skipped', reason })
  })

  it('has another digest once the ticket moved', () => {
    const later = child('open', { ticket: { number: 7, version: 4, status: 'open' } })
    expect(itemDigest(decideItem('close', child('open')))).not.toBe(itemDigest(decideItem('close', later)))
  })
})

describe('what a plan asks for', () => {
  it('is a broadcast or a close', () => expect(() => checkKind('shout')).toThrow(slug('kind-unknown')))
  it.each(['Dear {{requester.first_name | there}},', 'Hi {{ requester.name }}', '{{}}'])(
    'knows no variable: %j',
    (text) => expect(() => checkText('broadcast', text)).toThrow(slug('variable-unknown')),
  )
  it('takes braces that are no variable', () => expect(checkText('close', '{a} {{b}')).toBe('{a} {{b}'))
  it('needs a text to broadcast', () => expect(() => checkText('broadcast', ' \n')).toThrow(slug('text-missing')))
  it('may close without a word', () => expect(checkText('close', '')).toBe(''))
  it('takes 65,536 bytes and not one more', () => {
    expect(checkText('broadcast', 'a'.repeat(65_536))).toHaveLength(65_536)
    expect(() => checkText('broadcast', `${'a'.repeat(65_535)}é`)).toThrow(slug('text-too-long'))
  })
  it('takes lines and tabs, no other control characters', () => {
    expect(checkText('broadcast', 'one\n\ttwo')).toBe('one\n\ttwo')
    expect(() => checkText('broadcast', 'bell\u0007')).toThrow(slug('control-character'))
  })
  it('holds what customers see, and nothing else, unless told', () => {
    expect(checkHold(undefined, 'hello', 15)).toBe(15)
    expect(checkHold(undefined, '', 15)).toBe(0)
    expect(checkHold(0, 'hello', 15)).toBe(0)
  })
})
