import type { MessageInitShape } from '@bufbuild/protobuf'
import { TicketPriority, TicketStatus, type TicketUpsertedSchema } from '@umbel/contracts'
import type { Row } from './read-rows.ts'

export type Upsert = MessageInitShape<typeof TicketUpsertedSchema>

/** What a state's text says: a status, nothing at all (`-100`), or words that nobody here knows. */
export type StateRule =
  | { readonly kind: 'status'; readonly status: TicketStatus }
  | { readonly kind: 'stays' }
  | { readonly kind: 'unknown' }

const byState: Readonly<Record<string, TicketStatus>> = {
  New: TicketStatus.NEW,
  Active: TicketStatus.OPEN,
  'Awaiting User Info': TicketStatus.PENDING,
  'Awaiting Evidence': TicketStatus.PENDING,
  'Awaiting Vendor': TicketStatus.ON_HOLD,
  'Awaiting Problem': TicketStatus.ON_HOLD,
  Resolved: TicketStatus.SOLVED,
  Closed: TicketStatus.CLOSED,
}
const BROKEN_STATE = '-100'

export function stateRule(text: string): StateRule {
  if (text === BROKEN_STATE) return { kind: 'stays' }
  const status = Object.hasOwn(byState, text) ? byState[text] : undefined
  return status === undefined ? { kind: 'unknown' } : { kind: 'status', status }
}

const byDigit: Readonly<Record<string, TicketPriority>> = {
  1: TicketPriority.URGENT,
  2: TicketPriority.HIGH,
  3: TicketPriority.NORMAL,
  4: TicketPriority.LOW,
}

/** By the leading digit; `undefined` says nothing and changes nothing. */
export const priorityOf = (text: string): TicketPriority | undefined => byDigit[text.charAt(0)]

const UPDATED = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/

/** Day/month/year hour:minute in UTC; `undefined` where it is no such time. */
export function timeOf(text: string): Date | undefined {
  const [, day, month, year, hour, minute] = UPDATED.exec(text)?.map(Number) ?? []
  if (day === undefined || month === undefined || year === undefined) return undefined
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute))
  return at.getUTCDate() === day && at.getUTCMonth() === month - 1 ? at : undefined
}

const UNKNOWN = '?'
const known = (text: string | undefined): text is string => text !== undefined && text !== UNKNOWN && text !== ''

/** A thing of the directory as the log names it; `?` says that there is none. */
function ref(kind: string, text: string | undefined) {
  if (!known(text)) return { externalId: '', name: '', email: '' }
  const name = `${kind}:${text}`
  return { externalId: name, name, email: kind === 'caller' ? `caller-${text}@import.invalid` : '' }
}

const FIELDS = [
  'sys_mod_count',
  'impact',
  'urgency',
  'subcategory',
  'u_symptom',
  'cmdb_ci',
  'contact_type',
  'opened_by',
  'rfc',
  'vendor',
  'caused_by',
  'made_sla',
  'reopen_count',
  'reassignment_count',
] as const
/** The same on every row of an incident: they tell the future until it is solved or closed. */
const END_FIELDS = ['resolved_at', 'closed_at', 'closed_code', 'resolved_by'] as const

function formFields(row: Row, ended: boolean): Record<string, string> {
  const names: readonly string[] = ended ? [...FIELDS, ...END_FIELDS] : FIELDS
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name]
      return value === undefined ? [] : [[name, known(value) ? value : '']]
    }),
  )
}

/** The master that a row names, as an external id of the same source; '' for none. */
export const masterOf = (row: Row): string => (known(row.problem_id) ? `problem:${row.problem_id}` : '')

/** What one row says of its ticket. `ended`: whether this incident has been solved or closed by now. */
export function toUpsert(row: Row, workspaceId: string, ended: boolean): Upsert {
  const rule = stateRule(row.incident_state ?? '')
  const priority = priorityOf(row.priority ?? '')
  return {
    workspaceId,
    subject: `Incident ${row.number}`,
    ...(rule.kind === 'status' ? { status: rule.status } : {}),
    ...(rule.kind === 'stays' ? { unmappedStatus: row.incident_state ?? '' } : {}),
    ...(priority === undefined ? {} : { priority }),
    requester: ref('caller', row.caller_id),
    customer: ref('location', row.location),
    project: ref('category', row.category),
    group: ref('group', row.assignment_group),
    assignee: ref('agent', row.assigned_to),
    fields: formFields(row, ended),
    primaryMaster: masterOf(row),
  }
}

/** The master of a problem at first sight. */
export function toMasterUpsert(problem: string, workspaceId: string): Upsert {
  return { workspaceId, subject: `Problem ${problem}`, status: TicketStatus.OPEN, master: true }
}
