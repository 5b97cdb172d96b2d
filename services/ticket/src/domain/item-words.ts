import type { Fact } from './fact.ts'
import type { Ticket } from './ticket.ts'

export interface ItemWords {
  readonly before: string
  readonly after: string
}

/** How agents and groups are called; one that nobody knows goes by its id. */
export type NameOf = (id: string) => string

/** The changed fields as they were and as they are, for people: `open` and `solved`; nothing for comments. */
export function itemWords(before: Ticket, after: Ticket, facts: readonly Fact[], nameOf: NameOf): ItemWords {
  const pairs = facts.flatMap((fact) => wordsOf(before, after, fact, nameOf))
  return { before: listed(pairs.map(([was]) => was)), after: listed(pairs.map(([, is]) => is)) }
}

type Pair = readonly [was: string, is: string]

function wordsOf(before: Ticket, after: Ticket, fact: Fact, nameOf: NameOf): Pair[] {
  switch (fact.type) {
    case 'status-changed':
    case 'priority-changed':
      return [[fact.from, fact.to]]
    case 'labels-changed':
      return [[before.labels.join(', '), after.labels.join(', ')]]
    case 'assigned':
      return [...named(fact.fromAgentId, fact.toAgentId, nameOf), ...named(fact.fromGroupId, fact.toGroupId, nameOf)]
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

const named = (from: string | null, to: string | null, nameOf: NameOf): Pair[] =>
  from === to ? [] : [[from === null ? '' : nameOf(from), to === null ? '' : nameOf(to)]]

const listed = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ')
