import type { CommentAdded, Fact } from './fact.ts'
import { fieldsOf, inStatus, solvedAt, type Ticket, type TicketCore } from './ticket.ts'

/** All of the facts as one step: one version, however many facts. */
export function advance(ticket: Ticket | undefined, facts: readonly Fact[], at: Date): Ticket {
  const after = facts.reduce<Ticket | undefined>(evolve, ticket)
  if (!after) throw new TypeError('a ticket begins with the fact `opened`')
  const houseNotes = facts.every(isHouseNote) ? after.houseNotes + 1 : 0
  return { ...after, version: after.version + 1, houseNotes, updatedAt: at }
}

const isHouseNote = (fact: Fact): boolean =>
  fact.type === 'comment-added' && !fact.public && fact.author.kind === 'system'

/** The ticket after a fact. */
export function evolve(ticket: Ticket | undefined, fact: Fact): Ticket {
  if (fact.type === 'opened') return fact.ticket
  if (!ticket) throw new TypeError(`${fact.type} on a ticket that was never opened`)
  switch (fact.type) {
    case 'status-changed':
      return inStatus(coreOf(ticket), fact.to, fact.at, solvedAt(ticket))
    case 'subject-changed':
      return { ...ticket, subject: fact.to }
    case 'priority-changed':
      return { ...ticket, priority: fact.to }
    case 'assigned':
      return { ...ticket, assigneeId: fact.toAgentId, groupId: fact.toGroupId }
    case 'requester-changed':
      return { ...ticket, requesterId: fact.to, requesterVersion: ticket.version + 1 }
    case 'customer-changed':
      return { ...ticket, customerId: fact.to }
    case 'project-changed':
      return { ...ticket, projectId: fact.to }
    case 'labels-changed':
      return { ...ticket, labels: [...ticket.labels.filter((l) => !fact.removed.includes(l)), ...fact.added] }
    case 'fields-changed':
      return { ...ticket, fields: withFields(fieldsOf(ticket), fact.changes) }
    case 'master-declared':
      return { ...ticket, master: true }
    case 'comment-added':
      return fact.public ? { ...ticket, customerWaits: isReply(ticket, fact) } : ticket
    case 'link-declared':
    case 'link-withdrawn':
      return ticket
  }
}

/** The description comes with the opening, before the first version. */
const isReply = ({ version }: Ticket, { author }: CommentAdded): boolean => version > 0 && author.kind === 'requester'

function coreOf(ticket: Ticket): TicketCore {
  const { status: _status, ...rest } = ticket
  if (!('solvedAt' in rest)) return rest
  const { solvedAt: _solvedAt, ...core } = rest
  if (!('closedAt' in core)) return core
  const { closedAt: _closedAt, ...plain } = core
  return plain
}

type FieldMoves = Extract<Fact, { type: 'fields-changed' }>['changes']

/** The form fields after these changes; an empty value is none. */
export function withFields(
  fields: Readonly<Record<string, string>>,
  changes: FieldMoves,
): Readonly<Record<string, string>> {
  const after = { ...fields }
  for (const { name, to } of changes) {
    if (to === '') delete after[name]
    else after[name] = to
  }
  return after
}
