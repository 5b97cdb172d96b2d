import { expect, it } from 'vitest'
import { isPublic, namesInside } from './webhook-address.ts'

const refused = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200', // a cloud's metadata
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254', // clouds' metadata
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.170',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1', // NAT64 of loopback
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd00:ec2::254', // a cloud's metadata
  'fec0::1',
  'ff02::1',
  '2001::1', // Teredo
  '2001:db8::1',
  '2002:7f00:1::', // 6to4 of loopback
  '3fff::1',
  'not an address',
]
const taken = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.0.1.1']

it.each(refused)('keeps %s for inside', (address) => {
  expect(isPublic(address)).toBe(false)
})
it.each([...taken, '2606:4700:4700::1111', '2a00:1450:4001:82a::200e'])('takes %s for public', (address) => {
  expect(isPublic(address)).toBe(true)
})

it('knows an address in every spelling that a URL may give it', () => {
  const inside = ['127.1', '0x7f.0.0.1', '2130706433', '0177.0.0.1', '[::1]', '[::ffff:7f00:1]', '10.0.0.1.']
  for (const host of inside) expect([host, namesInside(`https://${host}/`)]).toEqual([host, true])
  expect(namesInside('https://8.8.8.8/')).toBe(false)
  expect(namesInside('https://customer.example/')).toBe(false)
})
