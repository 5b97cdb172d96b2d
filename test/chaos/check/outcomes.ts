import { only } from '../history.ts'
import { type Finding, groups, linesOf, type Rule } from './finding.ts'

const OUTCOMES = new Set(['applied', 'skipped', 'failed'])

/** Every child of every operation has exactly one outcome. */
export const oneOutcomeEach: Rule = (history) => {
  const items = only(history, 'item')
  const missing = only(history, 'operation').flatMap((operation): Finding[] => {
    const own = items.filter(({ operationId }) => operationId === operation.operationId)
    if (own.length === operation.total) return []
    const what = `${own.length} items of ${operation.total}`
    return [
      {
        counter: 'lost',
        rule: 'one-outcome-each',
        what,
        operationId: operation.operationId,
        lines: linesOf([operation]),
      },
    ]
  })
  const open = items.filter(({ state }) => !OUTCOMES.has(state))
  const twice = groups(items, ({ operationId, ticketId }) => `${operationId} ${ticketId}`).filter(
    ([, same]) => same.length > 1,
  )
  return [
    ...missing,
    ...open.map(
      ({ operationId, ticketId, state, line }): Finding => ({
        counter: 'lost',
        rule: 'one-outcome-each',
        what: `an item ended as ${state}`,
        operationId,
        ticketId,
        lines: [line],
      }),
    ),
    ...twice.map(
      ([, same]): Finding => ({
        counter: 'doubled',
        rule: 'one-outcome-each',
        what: `${same.length} outcomes for one child`,
        operationId: same[0]?.operationId ?? '',
        ticketId: same[0]?.ticketId ?? '',
        lines: linesOf(same),
      }),
    ),
  ]
}
