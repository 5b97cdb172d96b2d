import { writeFile } from 'node:fs/promises'

/** The columns of an incident event log, in file order. */
export const columns = [
  'number',
  'incident_state',
  'active',
  'reassignment_count',
  'reopen_count',
  'sys_mod_count',
  'made_sla',
  'caller_id',
  'opened_by',
  'opened_at',
  'sys_created_by',
  'sys_created_at',
  'sys_updated_by',
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
  'knowledge',
  'u_priority_confirmation',
  'notify',
  'problem_id',
  'rfc',
  'vendor',
  'caused_by',
  'closed_code',
  'resolved_by',
  'resolved_at',
  'closed_at',
] as const
type Column = (typeof columns)[number]

export type LogRow = Partial<Readonly<Record<Column, string>>>

const usual: LogRow = {
  active: 'true',
  caller_id: 'Caller 1',
  location: 'Location 1',
  category: 'Category 1',
  priority: '3 - Moderate',
  assignment_group: 'Group 1',
  assigned_to: 'Resolver 1',
  sys_updated_at: '29/2/2016 01:23',
}

/** Writes rows as a file of the log's shape; what a row does not name is usual, or unknown. */
export async function writeIncidentFile(file: string, rows: readonly LogRow[]): Promise<void> {
  const lines = rows.map((row) => columns.map((column) => ({ ...usual, ...row })[column] ?? '?').join(','))
  await writeFile(file, `${[columns.join(','), ...lines].join('\n')}\n`)
}
