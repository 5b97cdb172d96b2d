import { expect, it } from 'vitest'
import { canaryToken, createCanaries, scan } from '../src/canary.ts'

it('finds the tokens that are not allowed, each once and in any case', () => {
  const [own, foreign] = [canaryToken(), canaryToken()]
  expect(scan(`Dear ${own}, see ${foreign} and ${foreign.toUpperCase()}@example.com`, [own])).toEqual([foreign])
})

it.each([0, 1, 2, 3])('sees through base64 at offset %i, wrapped as mail wraps it', (offset) => {
  const token = canaryToken()
  const encoded = Buffer.from(`${'x'.repeat(offset)}${'filler '.repeat(10)}${token}`).toString('base64')
  const wrapped = encoded.replaceAll(/(.{76})/g, '$1\r\n')
  expect(scan(Buffer.from(wrapped), [])).toEqual([token])
})

it('sees through soft line breaks', () => {
  const token = canaryToken()
  expect(scan(`${token.slice(0, 9)}=\r\n${token.slice(9)}`, [])).toEqual([token])
})

it('names the owner who was leaked', () => {
  const canaries = createCanaries()
  const text = `${canaries.token('acme')} ${canaries.token('globex')}`
  const [leaked] = canaries.tokensOf('globex')
  expect(canaries.foreign(text, 'acme')).toEqual([`globex: ${leaked}`])
})
