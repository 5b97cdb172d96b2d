import { leakSentence } from '@umbel/kernel'
import { emptyVariables } from '@umbel/kernel/template'
import type { PlannedItem, PlannedTicket } from './decide-item.ts'
import type { Finding } from './operation.ts'
import { type Body, fieldOf } from './texts.ts'

const SHOWN_TICKETS = 10
const SHOWN_LEAKS = 50

/** What a text gives away, as linking found it. */
export interface Leak {
  readonly field: string
  readonly phrase: string
  /** requester, customer, address, domain, external-id, number, or `hidden`, which has neither field nor phrase. */
  readonly kind: string
  /** A word that many use: it warns, and does not block. */
  readonly common: boolean
}

/**
 * Leaks as people read them, each phrase of a field once, and once for the whole plan that there are phrases of children
 * that the planner may not see. They block unless they are common or overridden.
 */
export function leakFindings(leaks: readonly Leak[], overridden: boolean): Finding[] {
  const hides = leaks.some(({ kind }) => kind === 'hidden')
  const seen = leaks.filter(({ kind }) => kind !== 'hidden')
  return [...seenFindings(seen, overridden), ...(hides ? [hiddenFinding(overridden)] : [])]
}

const hiddenFinding = (overridden: boolean): Finding => ({
  kind: 'leak',
  field: 'text',
  message: 'it names somebody whom the planner may not see',
  blocks: !overridden,
  phrase: '',
  leakKind: 'hidden',
  ticketNumbers: [],
})

function seenFindings(leaks: readonly Leak[], overridden: boolean): Finding[] {
  const once = new Map(leaks.map((leak) => [JSON.stringify([leak.field, leak.kind, leak.phrase]), leak]))
  return [...once.values()]
    .sort((one, other) => Number(one.common) - Number(other.common))
    .slice(0, SHOWN_LEAKS)
    .map(({ field, phrase, kind, common }) => ({
      kind: 'leak',
      field,
      message: leakSentence({ kind, phrase }),
      blocks: !common && !overridden,
      phrase,
      leakKind: kind,
      ticketNumbers: [],
    }))
}

export interface EmptyVariables {
  /** Looks at a child that was skipped because its text cannot be said. */
  note(item: PlannedItem, ticket: PlannedTicket, body: Body): void
  /** One finding for each variable of each text. */
  findings(): Finding[]
}

/** Collects what cannot be said to whom; the first few numbers are kept, whatever the size of the plan. */
export function collectEmptyVariables(): EmptyVariables {
  const found = new Map<string, { field: string; variable: string; count: number; numbers: number[] }>()
  return {
    note({ reason }, ticket, body) {
      if (reason !== 'variable-empty') return
      for (const variable of emptyVariables(body.template, ticket.values)) {
        const field = fieldOf(body.seq)
        const entry = found.get(`${field} ${variable}`) ?? { field, variable, count: 0, numbers: [] }
        entry.count += 1
        if (entry.numbers.length < SHOWN_TICKETS) entry.numbers.push(ticket.number)
        found.set(`${field} ${variable}`, entry)
      }
    },
    findings: () =>
      [...found.values()].map(({ field, variable, count, numbers }) => ({
        kind: 'variable-empty',
        field,
        message: `${emptyVariable(variable)}: skips ${many(count, numbers)}`,
        blocks: false,
        phrase: variable,
        leakKind: '',
        ticketNumbers: numbers,
      })),
  }
}

export interface Unaddressed {
  /** Looks at a child that a text is planned for. */
  note(item: PlannedItem, ticket: PlannedTicket): void
  /** One finding for all of them, or none. */
  findings(): Finding[]
}

/** Collects who reads nothing of what customers are told, since no mail can go there. */
export function collectUnaddressed(): Unaddressed {
  const numbers: number[] = []
  let count = 0
  return {
    note({ state }, ticket) {
      if (state !== 'planned' || !ticket.unaddressed) return
      count += 1
      if (numbers.length < SHOWN_TICKETS) numbers.push(ticket.number)
    },
    findings: () => (count === 0 ? [] : [nobodyTold(count, numbers)]),
  }
}

const nobodyTold = (count: number, ticketNumbers: readonly number[]): Finding => ({
  kind: 'nobody-told',
  field: 'target',
  message: `no mail goes to ${count} of these, where no address is known`,
  blocks: false,
  phrase: '',
  leakKind: '',
  ticketNumbers,
})

/**
 * As they are told to whoever may not see all that the planner saw: which children it is about, their items say. Of
 * addresses nothing is told: who finds one at each child in sight would know that a hidden one has none. Whom a text
 * names, and by which words, may be hidden from a reader, so that leaks are one, which tells whether any of them blocks.
 */
export function findingsForOthers(findings: readonly Finding[]): Finding[] {
  const leaks = findings.filter(({ kind }) => kind === 'leak')
  const leak = leaks.length === 0 ? [] : [untoldLeak(leaks.some(({ blocks }) => blocks))]
  return [...leak, ...findings.filter(({ kind }) => kind === 'variable-empty').map(withoutTicket)]
}

const untoldLeak = (blocks: boolean): Finding => ({
  ...hiddenFinding(!blocks),
  message: 'it may name somebody whom you may not see',
})

const withoutTicket = (finding: Finding): Finding => ({
  ...finding,
  message: emptyVariable(finding.phrase),
  ticketNumbers: [],
})

const emptyVariable = (variable: string): string => `${variable} is empty and has no fallback`

function many(count: number, numbers: readonly number[]): string {
  const named = numbers.map((number) => `#${number}`).join(', ')
  return count > numbers.length ? `${named} and ${count - numbers.length} more` : named
}
