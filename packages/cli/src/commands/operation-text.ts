import type { NameOf } from '../names.ts'
import { indented } from '../output.ts'
import type { FindingJson, OperationJson } from '../shapes.ts'
import { operationLine } from './operation-watch.ts'

/** An operation as people read it who decide about it: how it stands, who did what, what customers read. */
export const operationText = (operation: OperationJson, nameOf: NameOf): string =>
  [
    operationLine(operation, nameOf),
    ...peopleOf(operation, nameOf),
    ...textsOf(operation),
    ...findingsOf(operation),
  ].join('\n')

/** Who planned, approved and started it, as far as somebody did. */
export function peopleOf(operation: OperationJson, nameOf: NameOf): string[] {
  const { plannedBy, plannedAt, approvedBy, startedBy, acceptedAt } = operation
  const did = (what: string, who: string | null, at: string | null) =>
    who === null ? [] : [`${what} by ${nameOf(who)}${at === null ? '' : ` at ${at}`}`]
  return [
    ...did('planned', plannedBy, plannedAt),
    ...did('approved', approvedBy, null),
    ...did('started', startedBy, acceptedAt),
  ]
}

/** The text before each customer's own name is in it, and its variants by language. */
export function textsOf({ text, variants }: OperationJson): string[] {
  if (text === '') return []
  return [`text:\n${indented(text)}`, ...variants.map((each) => `text (${each.locale}):\n${indented(each.text)}`)]
}

/** What stands against it, and why it may be done all the same. */
export const findingsOf = ({ findings, overrideReason }: OperationJson): string[] => [
  ...findings.map(findingText),
  ...(overrideReason === null ? [] : [`overridden: ${overrideReason}`]),
]

const findingText = ({ message, blocks, ticketNumbers }: FindingJson): string => {
  const about = ticketNumbers.length === 0 ? '' : ` (${ticketNumbers.map((number) => `#${number}`).join(', ')})`
  return `${blocks ? 'BLOCKS' : 'look'}: ${message}${about}`
}
