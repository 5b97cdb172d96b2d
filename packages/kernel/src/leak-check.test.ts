import { describe, expect, it } from 'vitest'
import { checkOverrideReason, leakSentence } from './leak-check.ts'

const slug = (name: string) => expect.objectContaining({ slug: name })

describe('the leak check', () => {
  it('is overridden with a reason that says something', () => {
    expect(checkOverrideReason(' it is theirs ')).toBe('it is theirs')
    expect(checkOverrideReason(' ')).toBe('')
    expect(() => checkOverrideReason('a  b')).toThrow(slug('override-reason-too-short'))
    expect(() => checkOverrideReason('a'.repeat(501))).toThrow(slug('override-reason-too-long'))
    expect(() => checkOverrideReason('it is\u0007theirs')).toThrow(slug('control-character'))
  })

  it('says whose a phrase is', () => {
    expect(leakSentence({ kind: 'number', phrase: '#12' })).toBe("“#12” is another ticket's number")
    expect(leakSentence({ kind: 'of-a-later-version', phrase: 'x' })).toBe('“x” is known of somebody else')
  })
})
