import { expect, it } from 'vitest'
import { createSecretBox } from './secret-box.ts'

const box = createSecretBox('a-key-of-this-test')

it('opens what it sealed, for its place, with its key, untouched', () => {
  const sealed = Buffer.from(box.seal('whsec_x', 'here'))
  expect(box.open(sealed, 'here')).toBe('whsec_x')
  expect(sealed.includes('whsec_x')).toBe(false)
  expect(() => box.open(sealed, 'there')).toThrow()
  expect(() => createSecretBox('another-key-of-16').open(sealed, 'here')).toThrow()
  for (const at of [0, 12, sealed.length - 1]) {
    const tampered = Buffer.from(sealed)
    tampered.writeUInt8(tampered.readUInt8(at) ^ 1, at)
    expect(() => box.open(tampered, 'here')).toThrow()
  }
})
