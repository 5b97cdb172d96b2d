import { type CallEvent, type HistoryLine, only } from '../history.ts'
import { type Finding, groups, type Rule } from './finding.ts'

const STOPS = new Set<CallEvent['verb']>(['pause', 'cancel'])
const RELEASES = new Set<CallEvent['verb']>(['resume', 'retry'])

interface Quiet {
  readonly operationId: string
  /** The acknowledgement. */
  readonly from: number
  /** When somebody asked to go on; never, after a cancel. */
  readonly until: number
}

/** The times in which an operation was acknowledged to stand still. */
function quietTimes(history: readonly HistoryLine[]): Quiet[] {
  const calls = only(history, 'call')
  return calls
    .filter(({ verb, phase }) => phase === 'ok' && STOPS.has(verb))
    .map(({ operationId = '', at, line }) => {
      const release = calls.find(
        (call) =>
          call.line > line && call.phase === 'invoke' && RELEASES.has(call.verb) && call.operationId === operationId,
      )
      return { operationId, from: at, until: release?.at ?? Number.POSITIVE_INFINITY }
    })
}

/** After the acknowledgement of a pause or a cancel nothing is applied until somebody asks to go on. */
export const pauseStopsChanges: Rule = (history) => {
  const audit = only(history, 'audit')
  const probes = only(history, 'probe')
  return quietTimes(history).flatMap(({ operationId, from, until }): Finding[] => {
    const late = audit.filter(
      (entry) => entry.operationId === operationId && entry.recordedAt > from && entry.recordedAt < until,
    )
    const seen = probes.filter((probe) => probe.operationId === operationId && probe.at >= from && probe.at <= until)
    const grown = seen.filter((probe, at) => at > 0 && probe.effects > (seen[at - 1]?.effects ?? 0))
    const finding = (what: string, line: number, ticketId?: string): Finding => ({
      counter: 'changesAfterPause',
      rule: 'pause-stops-changes',
      what,
      operationId,
      ...(ticketId === undefined ? {} : { ticketId }),
      lines: [line],
    })
    return [
      ...late.map(({ line, ticketId, recordedAt }) =>
        finding(`changed ${recordedAt - from} ms after the acknowledgement`, line, ticketId),
      ),
      ...grown.map(({ line, effects }) => finding(`grew to ${effects} effects after the acknowledgement`, line)),
    ]
  })
}

/** After the acknowledgement of a pause or a cancel no mail of the operation arrives until somebody asks to go on. */
export const pauseStopsMails: Rule = (history) => {
  const texts = new Map(only(history, 'operation').map(({ operationId, text }) => [operationId, text]))
  const mails = only(history, 'mail')
  return quietTimes(history).flatMap(({ operationId, from, until }) => {
    const text = texts.get(operationId) ?? ''
    const late = mails.filter((mail) => text !== '' && mail.at > from && mail.at < until && mail.text.includes(text))
    return groups(late, ({ messageId }) => messageId).map(
      ([messageId, same]): Finding => ({
        counter: 'mailsAfterPause',
        rule: 'pause-stops-mails',
        what: `${messageId} came ${(same[0]?.at ?? from) - from} ms after the acknowledgement`,
        operationId,
        lines: same.map(({ line }) => line),
      }),
    )
  })
}
