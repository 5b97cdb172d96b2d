import { type ChangeWords, changeWords, type FieldMove, labelsMove } from '@umbel/kernel'
import type { Fact } from './fact.ts'
import type { Ticket } from './ticket.ts'

/** How agents and groups are called before everybody; one that nobody knows goes by its id. */
export type NameOf = (id: string) => string

/** The changed fields as they were and as they are, for people: `open` and `solved`; nothing for comments. */
export const itemWords = (before: Ticket, after: Ticket, facts: readonly Fact[], nameOf: NameOf): ChangeWords =>
  changeWords(facts.flatMap((fact) => moveOf(before, after, fact, nameOf)))

function moveOf(before: Ticket, after: Ticket, fact: Fact, nameOf: NameOf): FieldMove[] {
  switch (fact.type) {
    case 'status-changed':
    case 'priority-changed':
      return [{ from: fact.from, to: fact.to }]
    case 'labels-changed':
      return [labelsMove(before.labels, after.labels)]
    case 'assigned':
      return [
        { from: fact.fromAgentId ?? '', to: fact.toAgentId ?? '', nameOf },
        { from: fact.fromGroupId ?? '', to: fact.toGroupId ?? '', nameOf },
      ]
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
      return []
  }
}
