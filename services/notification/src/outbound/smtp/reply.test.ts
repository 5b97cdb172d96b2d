import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createReplyReader, type Reply } from './reply.ts'

function readAll(chunks: readonly string[]): Reply[] {
  const heard: Reply[] = []
  const reader = createReplyReader((reply) => heard.push(reply))
  for (const chunk of chunks) reader.read(chunk)
  return heard
}

it('reads the same replies however they are cut', () => {
  const said = '220 ready\r\n250-one\r\n250-two\r\n250 three\r\n354\r\n250 bare line feed\n'
  const whole = readAll([said])
  expect(whole).toEqual([
    { code: 220, lines: ['ready'] },
    { code: 250, lines: ['one', 'two', 'three'] },
    { code: 354, lines: [''] },
    { code: 250, lines: ['bare line feed'] },
  ])
  fc.assert(
    fc.property(fc.array(fc.nat(said.length)), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), said.length]
      expect(readAll(places.slice(1).map((end, at) => said.slice(places[at], end)))).toEqual(whole)
    }),
  )
})

it.each([['hello\r\n'], ['250-one\r\n251 two\r\n'], ['x'.repeat(70_000)], ['250-more\r\n'.repeat(300)]])(
  'takes no poison: %.20s',
  (said) => {
    expect(() => readAll([said])).toThrow('the mail server')
  },
)

it('says whether something is half said', () => {
  const reader = createReplyReader(() => {})
  reader.read('250-one\r\n')
  expect(reader.empty()).toBe(false)
  reader.read('250 two\r\n')
  expect(reader.empty()).toBe(true)
})
