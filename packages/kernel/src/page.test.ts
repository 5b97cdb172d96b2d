import { describe, expect, it } from 'vitest'
import { fitting } from './page.ts'

const megabyte = (letter: string) => letter.repeat(1024 * 1024 - 1_000)

describe('a page ends where one message holds no more', () => {
  it('keeps a thousand ordinary rows', () => {
    const rows = Array.from({ length: 1_000 }, (_, number) => ({
      number,
      subject: 'x'.repeat(500),
      labels: ['vip', 'outage'],
      updatedAt: new Date(),
    }))
    expect(fitting(rows)).toHaveLength(1_000)
  })

  it('counts texts wherever they are, as long as they are in UTF-8', () => {
    const plain = Array.from({ length: 5 }, () => ({ fields: { note: megabyte('x') } }))
    expect(fitting(plain)).toHaveLength(3)
    const listed = Array.from({ length: 5 }, () => ({ labels: [megabyte('ü'), 'x'] }))
    expect(fitting(listed)).toHaveLength(1)
    const hashed = Array.from({ length: 5 }, () => ({ hash: new Uint8Array(1024 * 1024 - 1_000) }))
    expect(fitting(hashed)).toHaveLength(3)
  })

  it('counts names, which a form has many of', () => {
    const form = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${at}${'ü'.repeat(7_000)}`, '']))
    expect(fitting([form, form, form])).toHaveLength(1)
  })

  it('lets one go that no message could hold with another', () => {
    const large = { text: 'x'.repeat(5_000_000) }
    expect(fitting([large, large])).toEqual([large])
    expect(fitting([])).toEqual([])
  })
})
