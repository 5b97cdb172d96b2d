import { describe, expect, it } from 'vitest'
import { checkSubject, checkText } from './text.ts'

const overrides = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']

describe('what people write', () => {
  it.each(overrides)('turns no direction: %j', (sign) => {
    const refused = expect.objectContaining({ kind: 'invalid', slug: 'bidi-override', field: 'text' })
    expect(() => checkText(`pay ${sign}here`, 'text')).toThrow(refused)
    expect(() => checkSubject(`pay ${sign}here`, 'text')).toThrow(refused)
  })

  it('may go from right to left, with the marks that such languages need', () =>
    expect(checkText('שלום\u200f (\u200eVPN\u200e)', 'text')).toBe('שלום\u200f (\u200eVPN\u200e)'))

  it('holds no control characters but lines and tabs', () => {
    expect(checkText('a\r\n\tb', 'text')).toBe('a\r\n\tb')
    expect(() => checkText('a\u0007', 'text')).toThrow(expect.objectContaining({ slug: 'control-character' }))
    expect(() => checkSubject('a\r\nBcc: b', 's')).toThrow(expect.objectContaining({ slug: 'control-character' }))
  })
})
