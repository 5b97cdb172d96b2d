import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

it('keeps addresses and secrets out of every line', () => {
  const lines: string[] = []
  const log = createLogger({ service: 'x', level: 'info', write: (line) => lines.push(line) })
  log.info({ call: { token: 'abc' }, err: new Error('550 no such user <ana.b@shop.example>') }, 'to ana@shop.example')
  expect(lines.join('')).not.toMatch(/ana|abc/)
  expect(lines.join('')).toMatch(/\[address\]/)
})
