import { type CallEvent, type HistoryLine, only } from '../history.ts'
import { type Finding, linesOf, type Rule } from './finding.ts'

const ENDED = new Set(['finished', 'cancelled'])

/** What was acknowledged is there at the end. */
export const acknowledgedIsKept: Rule = (history) => {
  const operations = new Map(only(history, 'operation').map((read) => [read.operationId, read]))
  const comments = only(history, 'comment')
  const tickets = new Map(only(history, 'ticket').map((read) => [read.ticketId, read]))
  const kept = (call: HistoryLine<CallEvent>): boolean => {
    const { verb, operationId = '', ticketId = '', text = '' } = call
    const state = operations.get(operationId)?.state ?? ''
    if (verb === 'comment') return comments.some((read) => read.ticketId === ticketId && read.text === text)
    if (verb === 'unlink') return tickets.get(ticketId)?.linked === false
    if (verb === 'cancel') return state === 'cancelled'
    return verb === 'plan' || ENDED.has(state)
  }
  return only(history, 'call')
    .filter((call) => call.phase === 'ok' && !kept(call))
    .map((call) => lost(call))
}

const lost = (call: HistoryLine<CallEvent>): Finding => ({
  counter: 'lost',
  rule: 'acknowledged-is-kept',
  what: `${call.verb} was acknowledged and is not there at the end`,
  ...(call.operationId === undefined ? {} : { operationId: call.operationId }),
  ...(call.ticketId === undefined ? {} : { ticketId: call.ticketId }),
  lines: linesOf([call]),
})
