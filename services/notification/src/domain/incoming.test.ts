import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAddress, whyIgnored } from './incoming.ts'

const person = (headers: Record<string, string> = {}, over: Partial<Parameters<typeof whyIgnored>[0]> = {}) =>
  whyIgnored({
    envelopeFrom: 'chris@customer.example',
    messageId: '<1@customer.example>',
    header: (name) => headers[name],
    headerNames: Object.keys(headers),
    ownDomain: 'acme.example',
    ...over,
  })

it('lets a person through and nobody else', () => {
  expect(person()).toBeUndefined()
  expect(person({ 'auto-submitted': 'no' })).toBeUndefined()
  expect(person({ 'auto-submitted': 'auto-generated' })).toBe('auto-submitted')
  expect(person({ precedence: ' Junk' })).toBe('precedence')
  expect(person({ 'list-id': 'x' })).toBe('mailing-list')
  expect(person({}, { envelopeFrom: '' })).toBe('null-sender')
  expect(person({}, { messageId: '<n.abcdefghijklmnopqrstuvwx@Acme.example>' })).toBe('own-mail')
})

it('reads reply and bounce addresses and nothing else', () => {
  expect(readAddress('reply+abcdefghijklmnopqrstuvwxyz@acme.example')).toEqual({
    kind: 'reply',
    token: 'abcdefghijklmnopqrstuvwxyz',
    domain: 'acme.example',
  })
  expect(readAddress('B+ABCDEFGHIJKLMNOPQRST@acme.example')?.kind).toBe('bounce')
  fc.assert(
    fc.property(fc.string(), (address) => {
      const found = readAddress(address)
      if (found) expect(address.toLowerCase()).toContain(found.token)
    }),
  )
})
