import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UsageError, unreadable } from '../exit.ts'
import { splitCsv } from './split-csv.ts'

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, string>>

const NEEDED = ['number', 'incident_state', 'sys_updated_at', 'priority', 'caller_id', 'location', 'problem_id']

/** `undefined` for a line that is no row: too few or too many columns, or no incident named. */
export type Line = Row | undefined

/** Streams a log, plain or gzipped; never more than a line in memory. Quoted fields hold no line breaks in this log. */
export async function* readRows(file: string): AsyncGenerator<Line> {
  let head: readonly string[] | undefined
  for await (const text of lines(file)) {
    if (text === '') continue
    const fields = splitCsv(text)
    if (head === undefined) head = checkedHead(fields, file)
    else yield toRow(head, fields)
  }
  if (head === undefined) throw new UsageError(`${file} is empty`)
}

/** Throws where this is no file, or no log: before anything is done with it. */
export async function checkLog(file: string): Promise<void> {
  const rows = readRows(file)
  await rows.next()
  await rows.return(undefined)
}

async function* lines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const input = file.endsWith('.gz') ? createGunzip() : undefined
  // an error of either end surfaces in the reading loop
  const stream = input === undefined ? source : pipeline(source, input, () => undefined)
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (thrown) {
    throw unreadable(file, thrown)
  } finally {
    stream.destroy()
  }
}

function checkedHead(fields: readonly string[], file: string): readonly string[] {
  const missing = NEEDED.filter((name) => !fields.includes(name))
  if (missing.length > 0) throw new UsageError(`${file} is no incident log: no column ${missing.join(', ')}`)
  return fields
}

function toRow(head: readonly string[], fields: readonly string[]): Row | undefined {
  if (fields.length !== head.length) return undefined
  const row: Record<string, string> = {}
  for (const [at, name] of head.entries()) row[name] = (fields[at] ?? '').trim()
  return row.number === '' || row.number === '?' ? undefined : row
}
