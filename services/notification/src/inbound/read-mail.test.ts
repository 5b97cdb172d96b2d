import { expect, it } from 'vitest'
import { readMail } from './read-mail.ts'

const html = (body: string) => Buffer.from(`From: c@customer.example\r\nContent-Type: text/html\r\n\r\n${body}`)
const read = (raw: Buffer) => readMail(raw, 'c@customer.example', 'acme.example')

it('reads the words of an HTML mail without its tags and quotes', async () => {
  const { text } = await read(html('<p>It <b>works</b>,<br/>thank you &amp; bye</p><blockquote>old</blockquote>'))
  expect(text).toBe('It works,\nthank you & bye')
})

it.each(['<', '<br', '<p ', '</p '])('is not held up by a mail of nothing but %s', async (open) => {
  const began = performance.now()
  await read(html(open.repeat(200_000)))
  expect(performance.now() - began).toBeLessThan(5_000)
})

const plain = (body: string, encoding = '8bit') =>
  Buffer.from(`From: c@customer.example\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`)

it('reads four megabytes of short lines', async () => {
  const { text } = await read(plain(`${'a'.repeat(22)}\r\n`.repeat(190_000)))
  expect(text).toHaveLength(60_000)
})

it.each(['8bit', 'base64', 'quoted-printable'])('refuses a mail of endless lines in %s', async (encoding) => {
  await expect(read(plain('\n'.repeat(9_000_000), encoding))).rejects.toThrow('more than 200000 lines')
})

it.each(['--b\r\n\r\nx\r\n', 'Content-Type: message/rfc822\r\n\r\n'])('refuses a mail of endless %j', async (part) => {
  const head = 'From: c@customer.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\r\n'
  await expect(read(Buffer.from(head + part.repeat(20_000)))).rejects.toThrow('more than 1000 parts')
})
