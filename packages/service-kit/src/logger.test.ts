import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

const logged = (level: string, say: (log: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = []
  say(createLogger({ service: 'x', level, write: (line) => lines.push(line) }))
  return lines.join('')
}

it('keeps addresses and secrets out of every line', () => {
  const err = new Error('550 no such user <ana.b@shop.example>', { cause: new Error('cause ana@shop.example') })
  const line = logged('info', (log) => log.info({ call: { token: 'abc' }, err }, 'to ana@shop.example'))
  expect(line).not.toMatch(/ana|abc/)
  expect(line).toMatch(/\[address\]/)
})

it('keeps tokens and passwords out by their form, wherever they stand', () => {
  const line = logged('info', (log) =>
    log.info(
      { a: { b: { c: 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln' } } },
      'postgres://ticket_app:s3cret@127.0.0.1:5432/x',
    ),
  )
  expect(line).not.toMatch(/eyJ|s3cret/)
})

it.each(['"a@b.example"', 'x\na@b.example\ny', 'a@b.example\\', 'a@b.example"', '{"to":"a@b.example"}'])(
  'leaves lines readable after %j',
  (text) => {
    const line = logged('info', (log) => log.info({ text }, text))
    expect(line).not.toContain('b.example')
    expect(() => JSON.parse(line)).not.toThrow()
  },
)

it('leaves the paths of a stack trace readable', () => {
  const frame = 'at Client.query (node_modules/.pnpm/pg@8.23.1/node_modules/pg/lib/client.js:1:2)'
  expect(logged('info', (log) => log.info(frame))).toContain('pg@8.23.1/node_modules/pg')
})
