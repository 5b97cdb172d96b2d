import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { unreadable } from '../exit.ts'

/** How a ticket should stand, in the words that REST uses. */
export interface Standing {
  status: string
  priority: string
  /** Directory names, `null` for none. */
  customer: string | null
  project: string | null
  requester: string | null
  /** The external id of the primary master. */
  link: string | null
  /** Audit entries whose cause is upstream. */
  audit: number
}

export interface Expected {
  readonly tickets: ReadonlyMap<string, Standing>
  readonly masters: ReadonlySet<string>
}

const STATES = new Map([
  ['New', 'new'],
  ['Active', 'open'],
  ['Awaiting User Info', 'pending'],
  ['Awaiting Evidence', 'pending'],
  ['Awaiting Vendor', 'on_hold'],
  ['Awaiting Problem', 'on_hold'],
  ['Resolved', 'solved'],
  ['Closed', 'closed'],
])
const PRIORITIES = new Map([
  ['1', 'urgent'],
  ['2', 'high'],
  ['3', 'normal'],
  ['4', 'low'],
])

type Cells = (name: string) => string

/** Replays the log by its README, apart from whoever imported it. */
export async function expectedOf(file: string, until: Date | undefined): Promise<Expected> {
  const tickets = new Map<string, Standing>()
  const masters = new Set<string>()
  const past = new Set<string>()
  for await (const cell of rowsOf(file)) {
    const number = cell('number')
    if (past.has(number)) continue
    if (until !== undefined && minutesOf(cell('sys_updated_at')) > until.getTime()) {
      past.add(number)
      continue
    }
    const link = named('problem', cell('problem_id'))
    const standing = tickets.get(number) ?? blank()
    if (!apply(cell, link, standing)) continue
    tickets.set(number, standing)
    if (link !== null) masters.add(link)
  }
  return { tickets, masters }
}

async function* rowsOf(file: string): AsyncGenerator<Cells> {
  let columns: Map<string, number> | undefined
  for await (const record of recordsOf(file)) {
    const known = columns
    if (known === undefined) columns = new Map(record.map((name, at) => [name, at]))
    else if (record.length === known.size) {
      const cell: Cells = (name) => record[known.get(name) ?? -1] ?? '?'
      if (cell('number') !== '?' && cell('number') !== '') yield cell
    }
  }
}

async function* recordsOf(file: string): AsyncGenerator<string[]> {
  const records = parse({ trim: true, skip_empty_lines: true, relax_column_count: true, bom: true })
  const unpacked = file.endsWith('.gz') ? [createGunzip()] : []
  // an error of any of them surfaces in the reading loop
  pipeline([createReadStream(file), ...unpacked, records], () => undefined)
  try {
    yield* records as AsyncIterable<string[]>
  } catch (thrown) {
    throw unreadable(file, thrown)
  }
}

const blank = (): Standing => ({
  status: 'new',
  priority: 'normal',
  customer: null,
  project: null,
  requester: null,
  link: null,
  audit: 0,
})

/** False for a row that nobody can understand: it is a dead letter and leaves no trace on its ticket. */
function apply(cell: Cells, link: string | null, standing: Standing): boolean {
  const state = cell('incident_state')
  const status = state === '-100' ? standing.status : STATES.get(state)
  if (status === undefined) return false
  standing.status = status
  standing.priority = PRIORITIES.get(cell('priority').slice(0, 1)) ?? standing.priority
  standing.customer = named('location', cell('location'))
  standing.project = named('category', cell('category'))
  const caller = cell('caller_id')
  standing.requester = isNone(caller) ? null : `caller-${caller}@import.invalid`
  standing.link = link
  standing.audit += 1
  return true
}

const isNone = (text: string): boolean => text === '?' || text === ''
const named = (kind: string, text: string): string | null => (isNone(text) ? null : `${kind}:${text}`)

/** `29/2/2016 01:16` in UTC as milliseconds; a text that is no time is never later than anything. */
function minutesOf(text: string): number {
  const numbers = text.split(/[/ :]/).map(Number)
  const [day = Number.NaN, month = Number.NaN, year, hour, minute] = numbers
  const at = numbers.length === 5 ? Date.UTC(year ?? Number.NaN, month - 1, day, hour, minute) : Number.NaN
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at
}
