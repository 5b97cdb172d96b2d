import { describe, expect, it } from 'vitest'
import { judgeComment, type Leak, speaksToAll } from './comment-check.ts'

const name: Leak = { phrase: 'Bea Berg', kind: 'requester', common: false }
const common: Leak = { phrase: 'Support', kind: 'customer', common: true }
const hidden: Leak = { phrase: '', kind: 'hidden', common: false }
const child = { masterId: 'm', requesterId: 'r' }
const refusal = (message: RegExp) =>
  expect.objectContaining({ slug: 'text-leaks', field: 'text', message: expect.stringMatching(message) })

describe('a public comment on a child', () => {
  it('may not name another child', () => {
    expect(() => judgeComment(child, 'As Bea Berg says', [name, common], '')).toThrow(
      refusal(/“Bea Berg”(?!.*Support)/),
    )
    expect(() => judgeComment(child, 'As Cid says', [hidden], '')).toThrow(refusal(/hidden from you/))
  })

  it('may with a reason, which is kept, and says what it names', () => {
    const checked = judgeComment(child, 'As Bea Berg says', [name], 'they are married')
    expect(checked).toMatchObject({ ...child, overrideReason: 'they are married', hints: [{ kind: 'leak' }] })
  })

  it('keeps no reason where nothing was overridden', () => {
    const checked = judgeComment(child, 'Our Support', [common], 'just in case')
    expect(checked).toMatchObject({ overrideReason: '', hints: [{ kind: 'leak' }] })
    expect(judgeComment(child, 'Thank you', [], '').hints).toEqual([])
  })

  it('names five leaks and counts the others', () => {
    const many = Array.from({ length: 7 }, (_, at) => ({ ...name, phrase: `#${at}`, kind: 'number' }))
    expect(() => judgeComment(child, '', many, '')).toThrow(refusal(/#4”.*; and 2 more\./))
  })

  it.each([
    'Hello everyone, it is fixed',
    'Dear customers,',
    'It works again for all affected',
    'Liebe Kundinnen und Kunden',
  ])('had better be a broadcast: %s', (text) => {
    expect(judgeComment(child, text, [], '').hints.map(({ kind }) => kind)).toEqual(['broadcast-instead'])
  })

  it.each(['Hello Eve, it is fixed', 'You can log in again', 'All is well', 'Es geht wieder'])(
    'is for one: %s',
    (text) => {
      expect(speaksToAll(text)).toBe(false)
    },
  )
})
