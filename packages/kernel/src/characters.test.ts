import { expect, it } from 'vitest'
import { refuseControl, refuseUnsafeLine, refuseUnsafeText, withoutOverrides } from './characters.ts'

const overrides = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']
const refused = (slug: string) => expect.objectContaining({ kind: 'invalid', slug, field: 'f' })

it.each(overrides)('refuses what turns the direction, and leaves it out of what others sent: %j', (sign) => {
  for (const refuse of [refuseUnsafeText, refuseUnsafeLine])
    expect(() => refuse(`pay ${sign}here`, 'f')).toThrow(refused('bidi-override'))
  expect(withoutOverrides(`pay ${sign}here${sign}`)).toBe('pay here')
})

it('takes lines and tabs in a text alone', () => {
  const lines = 'a\r\n\tb'
  expect(() => refuseUnsafeText(lines, 'f')).not.toThrow()
  for (const refuse of [refuseUnsafeLine, refuseControl])
    expect(() => refuse(lines, 'f')).toThrow(refused('control-character'))
})

it.each(['\u0000', '\u0007', '\u000b', '\u000c', '\u001f', '\u007f', '\u0085', '\u009f'])(
  'refuses other control characters everywhere: %j',
  (sign) => {
    for (const refuse of [refuseUnsafeText, refuseUnsafeLine, refuseControl])
      expect(() => refuse(`a${sign}`, 'f')).toThrow(refused('control-character'))
  },
)
