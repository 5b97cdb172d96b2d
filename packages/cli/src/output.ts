/** Where words go. Standard output carries results only, so that it can be piped. */
export interface Sink {
  write(text: string): void
  readonly isTTY: boolean
}

export type Format = 'table' | 'json'

export interface Output {
  readonly format: Format
  /** The result: JSON as it is, or the table made of it. */
  result(value: unknown, table: () => string): void
  /** One line for people; on standard error. */
  say(line: string): void
  /** A bar that redraws itself on a terminal, and nothing anywhere else. */
  progress(label: string): Progress
  /** Standard output, line by line: for what is followed while it happens. */
  line(text: string): void
  /** Standard output, exactly so: for files. */
  raw(text: string): void
  readonly live: boolean
}

export interface Progress {
  update(done: number, total?: number): void
  end(): void
}

export function createOutput(stdout: Sink, stderr: Sink, format: Format): Output {
  return {
    format,
    live: stderr.isTTY,
    result: (value, table) => stdout.write(`${format === 'json' ? JSON.stringify(value, null, 2) : table()}\n`),
    say: (line) => stderr.write(`${line}\n`),
    line: (text) => stdout.write(`${text}\n`),
    raw: (text) => stdout.write(text),
    progress: (label) => createProgress(stderr, label),
  }
}

const BAR = 30
const REDRAW_MS = 100

function createProgress(sink: Sink, label: string): Progress {
  let drawn = 0
  const draw = (text: string) => sink.write(`\r\u001b[2K${text}`)
  return {
    update(done, total) {
      const now = performance.now()
      if (!sink.isTTY || (now - drawn < REDRAW_MS && done !== total)) return
      drawn = now
      draw(`${label} ${bar(done, total)}`)
    },
    end: () => {
      if (sink.isTTY) draw('')
    },
  }
}

/** `[#####-----] 50 of 100`; the count alone where the end is not known. */
export function bar(done: number, total: number | undefined): string {
  if (total === undefined) return String(done)
  const filled = total === 0 ? BAR : Math.floor((Math.min(done, total) / total) * BAR)
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done} of ${total}`
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '-' : oneLine(String(cell)))))
  const widths = head.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const right = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'))
  const format = (row: readonly string[]) =>
    row
      .map((cell, at) => (right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [head, ...cells].map(format).join('\n')
}

// what people wrote must not move the cursor or break the table
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')

/** A text of several lines, set in under its heading. */
export const indented = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => `  ${oneLine(line)}`)
    .join('\n')
