import type { NameOf } from '../names.ts'
import { indented, table } from '../output.ts'
import type { ItemJson, OperationJson, PlanJson, PreviewJson } from '../shapes.ts'
import { findingsOf, peopleOf, textsOf } from './operation-text.ts'

/** A plan as people read it: what would happen to whom, what stands against it, and how to start it. */
export function planText(plan: PlanJson, nameOf: NameOf): string {
  const { operation, applying, skipping, hidden, items, previews } = plan
  const { kind, holdSeconds, rate } = operation
  const more = applying + skipping - items.length
  return [
    itemTable(items),
    ...(more > 0 ? [`… and ${more} more: umbel operation ${operation.id} items`] : []),
    '',
    ...textsOf(operation),
    ...previews.map(previewText),
    ...findingsOf(operation),
    '',
    `${kind} over ${applying} children, ${skipping} skipped, ${hidden} hidden; hold ${holdSeconds} s${
      rate === 0 ? '' : `, ${rate} a minute`
    }`,
    `plan ${operation.planHash} of operation ${operation.id}`,
    ...peopleOf(operation, nameOf),
    ...stepsTo(operation, applying),
  ].join('\n')
}

const itemTable = (items: readonly ItemJson[]): string =>
  table(
    ['ticket', 'before', 'after', 'skipped because'],
    items.map((item) => [`#${item.ticketNumber}`, item.before, item.after, item.reason]),
  )

const previewText = ({ ticketNumber, locale, text }: PreviewJson): string =>
  `#${ticketNumber} will read${locale === null ? '' : ` (${locale})`}:\n${indented(text)}`

/** The very commands that start it. */
function stepsTo({ id, planHash, findings, needsApproval, approvedBy, state }: OperationJson, applying: number) {
  if (state !== 'planned') return [`it is ${state}`]
  if (findings.some(({ blocks }) => blocks))
    return ['it cannot start: plan again with another text, or --override REASON']
  const approve = `somebody else approves it: umbel operation ${id} approve --plan ${planHash}`
  const start = `run it: umbel operation ${id} start --plan ${planHash} --confirm ${applying}`
  return needsApproval && approvedBy === null ? [approve, start] : [start]
}
