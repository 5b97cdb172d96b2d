import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** One update of an incident; what a test does not name is unknown or usual. */
export type LogRow = Readonly<Record<string, string>>

const COLUMNS = [
  'number',
  'incident_state',
  'reassignment_count',
  'reopen_count',
  'sys_mod_count',
  'made_sla',
  'caller_id',
  'opened_by',
  'sys_updated_at',
  'contact_type',
  'location',
  'category',
  'subcategory',
  'u_symptom',
  'cmdb_ci',
  'impact',
  'urgency',
  'priority',
  'assignment_group',
  'assigned_to',
  'problem_id',
  'rfc',
  'vendor',
  'caused_by',
  'closed_code',
  'resolved_by',
  'resolved_at',
  'closed_at',
]
const USUAL: LogRow = { incident_state: 'New', sys_updated_at: '29/2/2016 01:16', priority: '3', impact: '2' }

export interface LogFile extends AsyncDisposable {
  readonly path: string
}

/** Writes a log of the real one's shape. `extra` lines go to its end as they are. */
export async function writeLog(
  rows: readonly LogRow[],
  { gzip = false, extra = [] }: { readonly gzip?: boolean; readonly extra?: readonly string[] } = {},
): Promise<LogFile> {
  const lines = rows.map((row) => COLUMNS.map((name) => row[name] ?? USUAL[name] ?? '?').join(','))
  const text = `${[COLUMNS.join(','), ...lines, ...extra].join('\n')}\n`
  const folder = await mkdtemp(join(tmpdir(), 'umbel-log-'))
  const path = join(folder, gzip ? 'log.csv.gz' : 'log.csv')
  await writeFile(path, gzip ? gzipSync(text) : text)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
