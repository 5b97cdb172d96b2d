import { describe, expect, it } from 'vitest'
import { bar, createOutput, table } from './output.ts'

describe('output', () => {
  it('sets columns as wide as their widest cell, numbers to the right', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['a', 5],
          ['longer', 12],
        ],
      ),
    ).toBe('name     n\na        5\nlonger  12')
  })

  it('keeps control characters that people wrote from reaching the terminal', () => {
    expect(table(['s'], [['a\u001b[2Jb\nc']])).toBe('s\na [2Jb c')
  })

  it('draws a bar on a terminal and nothing off it', () => {
    expect(bar(50, 100)).toBe(`[${'#'.repeat(15)}${'-'.repeat(15)}] 50 of 100`)
    expect(bar(0, 0)).toContain('0 of 0')
    for (const isTTY of [true, false]) {
      const drawn: string[] = []
      const stderr = { write: (text: string) => void drawn.push(text), isTTY }
      createOutput({ write: () => undefined, isTTY }, stderr, 'table')
        .progress('rows')
        .update(1, 1)
      expect(drawn.length > 0).toBe(isTTY)
    }
  })
})
