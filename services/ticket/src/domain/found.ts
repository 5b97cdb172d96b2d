import type { Fact } from './fact.ts'
import { solvedAt, type Ticket } from './ticket.ts'
import type { UpdateTicket } from './update.ts'
import type { Priority, Status } from './words.ts'

/** What an operation found before it changed it: all that an undo puts back. */
export interface Found {
  readonly status?: Status
  /** Since when it was solved, where it was. */
  readonly solvedAt?: string
  readonly priority?: Priority
  readonly assigneeId?: string | null
  readonly groupId?: string | null
  readonly labels?: readonly string[]
}

/** What these facts change about the ticket, as it is before them; null where they change no field. */
export function foundBy(ticket: Ticket, facts: readonly Fact[]): Found | null {
  const found: Found = Object.assign({}, ...facts.map((fact) => fieldsOf(ticket, fact)))
  return Object.keys(found).length === 0 ? null : found
}

function fieldsOf(ticket: Ticket, fact: Fact): Found {
  switch (fact.type) {
    case 'status-changed':
      return { status: fact.from, ...since(solvedAt(ticket)) }
    case 'priority-changed':
      return { priority: fact.from }
    case 'labels-changed':
      return { labels: ticket.labels }
    case 'assigned':
      return {
        ...(fact.fromAgentId === fact.toAgentId ? {} : { assigneeId: fact.fromAgentId }),
        ...(fact.fromGroupId === fact.toGroupId ? {} : { groupId: fact.fromGroupId }),
      }
    case 'opened':
    case 'subject-changed':
    case 'requester-changed':
    case 'customer-changed':
    case 'project-changed':
    case 'fields-changed':
    case 'comment-added':
    case 'link-declared':
    case 'link-withdrawn':
    case 'master-declared':
      return {}
  }
}

const since = (at: Date | null): Found => (at ? { solvedAt: at.toISOString() } : {})

/** What two changes found, one after the other: each field as it was before the first that touched it. */
export function firstFound(first: Found | null, then: Found | null): Found | null {
  if (!first || !then) return first ?? then
  const { status: _status, solvedAt: _solvedAt, ...others } = then
  return { ...(first.status === undefined ? then : others), ...first }
}

/** The update that puts back what was found. */
export function putBack(ticket: Ticket, { labels, solvedAt: _solvedAt, ...fields }: Found): UpdateTicket {
  if (!labels) return fields
  const addLabels = labels.filter((label) => !ticket.labels.includes(label))
  return { ...fields, addLabels, removeLabels: ticket.labels.filter((label) => !labels.includes(label)) }
}
