import { expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

it('writes the same content in the same way', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: 'ü"' })).toBe('{"a":"ü\\"","b":[1,{"c":"x","d":null}]}')
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}')
})
