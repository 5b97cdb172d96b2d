import fc from 'fast-check'
import { v5 } from 'uuid'
import { expect, it } from 'vitest'
import { idFrom, isId, newId } from './ids.ts'

it('derives the same id from the same parts, and another from a shifted boundary', () => {
  expect(idFrom('a', 1)).toBe(idFrom('a', 1))
  expect(idFrom('a', 'bc')).not.toBe(idFrom('ab', 'c'))
})

it('derives what the uuid package derives', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (parts) => {
      expect(idFrom(...parts)).toBe(v5(parts.join('\u0000'), '6f0b8f0e-5f0c-5c3e-9d5b-3a1f6f7f0c11'))
    }),
  )
})

it('makes rising ids', () => {
  const ids = Array.from({ length: 50 }, newId)
  expect([...ids].sort()).toEqual(ids)
  expect(ids.every(isId)).toBe(true)
})
