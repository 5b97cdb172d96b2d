import { only } from '../history.ts'
import type { Finding, Rule } from './finding.ts'

const DONE = new Set(['solved', 'closed'])

/** The master's counters are what a recount of its children gives. */
export const rollupIsRecount: Rule = (history) => {
  const children = only(history, 'ticket').filter(({ linked }) => linked)
  const closed = children.filter(({ status }) => DONE.has(status)).length
  const counted = { total: children.length, open: children.length - closed, closed }
  return only(history, 'rollup').flatMap(({ total, open, closed: shut, line }): Finding[] => {
    if (total === counted.total && open === counted.open && shut === counted.closed) return []
    const what = `the rollup says ${total}, ${open} open, ${shut} closed; a recount ${JSON.stringify(counted)}`
    return [{ counter: 'lost', rule: 'rollup-is-recount', what, lines: [line] }]
  })
}
