import { type AuditRead, type HistoryLine, only } from '../history.ts'
import { type Finding, groups, linesOf, type Rule } from './finding.ts'

/** The audit tells every version of a ticket once, and ends in the state that the ticket is in. */
export const auditIsState: Rule = (history) => {
  const audit = new Map(groups(only(history, 'audit'), ({ ticketId }) => ticketId))
  return only(history, 'ticket').flatMap((ticket): Finding[] => {
    const entries = (audit.get(ticket.ticketId) ?? []).toSorted((a, b) => a.version - b.version || a.line - b.line)
    const finding = (counter: Finding['counter'], what: string, lines: readonly HistoryLine[]): Finding => ({
      counter,
      rule: 'audit-is-state',
      what,
      ticketId: ticket.ticketId,
      lines: linesOf([ticket, ...lines]),
    })
    const told = groups(
      entries.filter(({ version }) => version > 0),
      ({ version }) => String(version),
    )
    const twice = told.filter(([, same]) => same.length > 1)
    const missing = ticket.version - told.length
    const status = lastStatus(entries)
    return [
      ...twice.map(([version, same]) =>
        finding('doubled', `version ${version} has ${same.length} audit entries`, same),
      ),
      ...(missing === 0 ? [] : [finding('lost', `${missing} of ${ticket.version} versions have no audit entry`, [])]),
      ...(status === undefined || status === ticket.status
        ? []
        : [finding('lost', `the audit ends in ${status} and the ticket is ${ticket.status}`, [])]),
    ]
  })
}

const lastStatus = (entries: readonly AuditRead[]): string | undefined =>
  entries.flatMap(({ changes }) => changes).findLast(({ field }) => field === 'status')?.to
