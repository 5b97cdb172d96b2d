import { expect, it } from 'vitest'
import { idFrom, isId, newId } from './ids.ts'

it('derives the same id from the same parts, and another from a shifted boundary', () => {
  expect(idFrom('a', 1)).toBe(idFrom('a', 1))
  expect(idFrom('a', 'bc')).not.toBe(idFrom('ab', 'c'))
})

it('makes rising ids', () => {
  const ids = Array.from({ length: 50 }, newId)
  expect([...ids].sort()).toEqual(ids)
  expect(ids.every(isId)).toBe(true)
})
