import { describe, expect, it } from 'vitest'
import { checkOverrideReason, leakSentence } from './leak-check.ts'

const slug = (name: string) => expect.objectContaining({ slug: name })

describe('the leak check', () => {
  it('is overridden with a reason that says something', () => {
    expect(checkOverrideReason(' it is theirs ')).toBe('it is theirs')
    expect(checkOverrideReason(' ')).toBe('')
    expect(() => checkOverrideReason('a  b')).toThrow(slug('override-reason-too-short'))
    expect(() => checkOverrideReason('\u200b\u200b\u200b')).toThrow(slug('override-reason-too-short'))
    expect(() => checkOverrideReason('it is\u202etheirs')).toThrow(slug('bidi-override'))
    expect(() => checkOverrideReason('a'.repeat(501))).toThrow(slug('override-reason-too-long'))
    expect(() => checkOverrideReason('it is\u0007theirs')).toThrow(slug('control-character'))
  })

  it('says whose a phrase is', () => {
    expect(leakSentence({ kind: 'number', phrase: '#12' })).toBe("“#12” is another ticket's number")
    expect(leakSentence({ kind: 'hidden', phrase: '' })).toBe('it names somebody who is hidden from you')
    expect(leakSentence({ kind: 'of-a-later-version', phrase: 'x' })).toBe('“x” is known of somebody else')
  })

  it('says no more of a phrase than a line holds', () => {
    const phrase = `Bea${'\n'.repeat(60_000)}Berger${'x'.repeat(200)}`
    const said = leakSentence({ kind: 'requester', phrase })
    expect(said).toMatch(/^“Bea Bergerx+…” is the name of another requester$/)
    expect(said.length).toBeLessThan(150)
  })
})
