import type { Fact } from './fact.ts'
import { solvedAt, type Ticket } from './ticket.ts'

/** One line of an audit entry. */
export interface FieldChange {
  readonly field: string
  readonly from: string
  readonly to: string
}

/** What a person reads in the audit of a fact. */
export function fieldChanges(fact: Fact): FieldChange[] {
  switch (fact.type) {
    case 'opened':
      return openedAs(fact.ticket)
    case 'status-changed':
      return [change('status', fact.from, fact.to)]
    case 'subject-changed':
      return [change('subject', fact.from, fact.to)]
    case 'priority-changed':
      return [change('priority', fact.from, fact.to)]
    case 'assigned':
      return [
        ...moved('assignee_id', fact.fromAgentId, fact.toAgentId),
        ...moved('group_id', fact.fromGroupId, fact.toGroupId),
      ]
    case 'requester-changed':
      return moved('requester_id', fact.from, fact.to)
    case 'customer-changed':
      return moved('customer_id', fact.from, fact.to)
    case 'project-changed':
      return moved('project_id', fact.from, fact.to)
    case 'labels-changed':
      return [change('labels', fact.removed.join(' '), fact.added.join(' '))]
    case 'fields-changed':
      return fact.changes.map(({ name, from, to }) => change(`fields.${name}`, from, to))
    case 'comment-added':
      return [
        change('comment', '', fact.commentId),
        ...moved('leak_check_overridden', null, fact.overrideReason ?? null),
      ]
    case 'link-declared':
      return [change(`link.${fact.kind}`, '', fact.target.id)]
    case 'link-withdrawn':
      return [change(`link.${fact.kind}`, fact.target.id, '')]
    case 'master-declared':
      return [change('master', 'false', 'true')]
  }
}

/** The word that an audit entry says beside its changes. */
export function noteOf(facts: readonly Fact[]): string {
  if (facts.length === 0) return 'no-change'
  if (facts.some(({ type }) => type === 'opened')) return 'opened'
  return facts.some(({ type }) => type === 'comment-added') ? 'comment-added' : ''
}

const change = (field: string, from: string | null, to: string | null): FieldChange => ({
  field,
  from: from ?? '',
  to: to ?? '',
})
const moved = (field: string, from: string | null, to: string | null): FieldChange[] =>
  from === to ? [] : [change(field, from, to)]

function openedAs(ticket: Ticket): FieldChange[] {
  return [
    change('subject', '', ticket.subject),
    change('status', '', ticket.status),
    change('priority', '', ticket.priority),
    ...moved('requester_id', null, ticket.requesterId),
    ...moved('assignee_id', null, ticket.assigneeId),
    ...moved('group_id', null, ticket.groupId),
    ...moved('customer_id', null, ticket.customerId),
    ...moved('project_id', null, ticket.projectId),
    ...moved('solved_at', null, solvedAt(ticket)?.toISOString() ?? null),
  ]
}
