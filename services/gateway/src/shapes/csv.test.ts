import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRow } from './csv.ts'

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

describe('a row of CSV', () => {
  it.each([
    [['a', 1, true, null], 'a,1,true,\r\n'],
    [['a,b', 'say "hi"', 'two\nlines', ' spaced '], '"a,b","say ""hi""","two\nlines", spaced \r\n'],
    [['=1+1', '+1', '-1', '@x', -1], "'=1+1,'+1,'-1,'@x,-1\r\n"],
    [['=HYPERLINK("http://x","y")'], '"\'=HYPERLINK(""http://x"",""y"")"\r\n'],
    [['\t=1', 'a=b', '\n=1', '＝1'], "'\t=1,a=b,\"'\n=1\",'＝1\r\n"],
  ])('of %j is %j', (cells, row) => {
    expect(csvRow(cells)).toBe(row)
  })

  it('never begins a cell as a formula, and reads back as what was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
        const read = parse(csvRow(cells))
        expect(read).toEqual(cells.map((cell) => (FORMULA.test(cell) ? `'${cell}` : cell)))
        for (const cell of read) expect(cell).not.toMatch(FORMULA)
      }),
    )
  })
})

/** The fields of one row, read as RFC 4180 says. */
function parse(row: string): string[] {
  const fields = [...row.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n$)/g)].map(([, field = '']) => field)
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field))
}
