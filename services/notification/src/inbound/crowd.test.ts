import { expect, it } from 'vitest'
import { isCrowding } from './crowd.ts'

const times = (n: number, address: (at: number) => string) => Array.from({ length: n }, (_, at) => address(at))

it('lets one address have twenty connections, whatever others have', () => {
  const others = times(150, (at) => `192.0.2.${at}`)
  expect(isCrowding('198.51.100.1', [...others, ...times(20, () => '198.51.100.1')])).toBe(false)
  expect(isCrowding('198.51.100.1', [...others, ...times(21, () => '198.51.100.1')])).toBe(true)
  expect(isCrowding('192.0.2.1', [...others, ...times(21, () => '198.51.100.1')])).toBe(false)
})

it('counts the addresses of one IPv6 network as one sender', () => {
  const crowd = times(21, (at) => `2001:db8::${at + 1}:0:0:1`)
  expect(isCrowding('2001:db8::1', crowd)).toBe(true)
  expect(isCrowding('2001:db8:0:0:9::1', crowd)).toBe(true)
  expect(isCrowding('2001:db8:0:1::1', crowd)).toBe(false)
  expect(
    isCrowding(
      '::1',
      times(20, () => '::1'),
    ),
  ).toBe(false)
})
