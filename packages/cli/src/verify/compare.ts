import type { Expected, Standing } from './expected.ts'
import type { Found, FoundMaster } from './found.ts'

/** One thing that is not as the log says. */
export interface Difference {
  readonly ticket: string
  readonly field: string
  readonly expected: string
  readonly found: string
}

const FIELDS = ['status', 'priority', 'customer', 'project', 'requester', 'link', 'audit'] as const
const FIGURES = ['children', 'open', 'customers', 'projects'] as const
const OPEN = new Set(['new', 'open', 'pending', 'on_hold'])

/** Each difference once: a rollup is named only where no ticket already named explains it. */
export function compare(expected: Expected, found: Found): Difference[] {
  const tickets = [...expected.tickets].flatMap(([ticket, standing]) =>
    compareTicket(ticket, standing, found.tickets.get(ticket)),
  )
  const strangers = [...found.tickets.keys()]
    .filter((ticket) => !expected.tickets.has(ticket))
    .map((ticket) => ({ ticket, field: 'ticket', expected: 'none', found: 'one' }))
  const named = new Set(tickets.map(({ ticket }) => ticket))
  return [...tickets, ...strangers, ...compareMasters(expected, found, named)]
}

function compareTicket(ticket: string, expected: Standing, found: Standing | undefined): Difference[] {
  if (found === undefined) return [{ ticket, field: 'ticket', expected: 'one', found: 'none' }]
  return FIELDS.filter((field) => expected[field] !== found[field]).map((field) => ({
    ticket,
    field,
    expected: String(expected[field] ?? 'none'),
    found: String(found[field] ?? 'none'),
  }))
}

function compareMasters(expected: Expected, found: Found, named: ReadonlySet<string>): Difference[] {
  const strangers = [...found.masters.keys()]
    .filter((master) => !expected.masters.has(master))
    .map((ticket) => ({ ticket, field: 'master', expected: 'none', found: 'one' }))
  const known = [...expected.masters].flatMap((ticket) => {
    const shown = found.masters.get(ticket)
    if (shown === undefined) return [{ ticket, field: 'master', expected: 'one', found: 'none' }]
    return explained(ticket, expected, found, named) ? [] : compareRollup(ticket, rollupOf(ticket, expected), shown)
  })
  return [...known, ...strangers]
}

/** Whether a ticket that was already named belongs to this master, or should. */
function explained(master: string, expected: Expected, found: Found, named: ReadonlySet<string>): boolean {
  return [...named].some((ticket) => {
    const [wanted, held] = [expected.tickets.get(ticket)?.link, found.tickets.get(ticket)?.link]
    return wanted === master || held?.split(/[ +,]/).includes(master) === true
  })
}

function compareRollup(ticket: string, wanted: FoundMaster, shown: FoundMaster): Difference[] {
  return FIGURES.filter((figure) => wanted[figure] !== shown[figure]).map((figure) => ({
    ticket,
    field: `rollup.${figure}`,
    expected: String(wanted[figure]),
    found: String(shown[figure]),
  }))
}

function rollupOf(master: string, { tickets }: Expected) {
  const children = [...tickets.values()].filter(({ link }) => link === master)
  const distinct = (names: readonly (string | null)[]) => new Set(names.filter((name) => name !== null)).size
  return {
    children: children.length,
    open: children.filter(({ status }) => OPEN.has(status)).length,
    customers: distinct(children.map(({ customer }) => customer)),
    projects: distinct(children.map(({ project }) => project)),
  }
}

/** The figures of the log's README, from either side. */
export function totals(tickets: ReadonlyMap<string, Standing>, masters: number): Record<string, number> {
  const all = [...tickets.values()]
  const linked = all.filter(({ link }) => link !== null)
  const perMaster = [...Map.groupBy(linked, ({ link }) => link).values()]
  const byStatus = [...Map.groupBy(all, ({ status }) => status)].map(([status, held]) => [status, held.length] as const)
  return {
    rows: all.reduce((sum, { audit }) => sum + audit, 0),
    tickets: all.length,
    ...Object.fromEntries(byStatus.toSorted(([left], [right]) => left.localeCompare(right))),
    masters,
    'masters with children': perMaster.length,
    'masters with several': perMaster.filter((children) => children.length > 1).length,
    links: linked.length,
    'links to open tickets': linked.filter(({ status }) => OPEN.has(status)).length,
  }
}
