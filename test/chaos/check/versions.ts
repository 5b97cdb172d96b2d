import { type FactEvent, type HistoryLine, only } from '../history.ts'
import { type Finding, groups, type Rule } from './finding.ts'

/** Each ticket's events come in order and without a gap, up to its last version; the same one may come again. */
export const versionsRise: Rule = (history) => {
  const facts = new Map(groups(only(history, 'fact'), ({ ticketId }) => ticketId))
  return only(history, 'ticket').flatMap(({ ticketId, version, line }): Finding[] => {
    const told = (facts.get(ticketId) ?? []).toSorted(byPlace)
    const { broken, last } = follow(told)
    const missing = last < version ? [`its last event is version ${last} and the ticket is at ${version}`] : []
    return [
      ...broken.map(
        (fact): Finding => ({
          counter: 'orderBreaks',
          rule: 'versions-rise',
          what: `version ${fact.version} came too early`,
          ticketId,
          lines: [fact.line],
        }),
      ),
      ...missing.map((what): Finding => ({ counter: 'lost', rule: 'versions-rise', what, ticketId, lines: [line] })),
    ]
  })
}

const byPlace = (a: FactEvent, b: FactEvent) => a.partition - b.partition || a.offset - b.offset

function follow(told: readonly HistoryLine<FactEvent>[]) {
  let last = 0
  const broken = told.filter((fact) => {
    const early = fact.version > last + 1
    last = Math.max(last, fact.version)
    return early
  })
  return { broken, last }
}
