export type Cell = string | number | boolean | null

// a spreadsheet takes these for a formula, some the full-width ones too, and what customers wrote must stay words
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
const QUOTED = /[",\r\n]/

/** One row by RFC 4180, with its line end. A text that a spreadsheet would run gets an apostrophe before it. */
export const csvRow = (cells: readonly Cell[]): string => `${cells.map(toField).join(',')}\r\n`

function toField(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
