import { type Api, collect } from '../api.ts'
import type { Progress } from '../output.ts'
import type { Standing } from './expected.ts'

interface TicketJson {
  readonly id: string
  readonly status: string | null
  readonly priority: string | null
  readonly requesterId: string | null
  readonly customerId: string | null
  readonly projectId: string | null
  readonly primaryMasterId: string | null
  readonly master: boolean
  readonly externalIds: readonly { readonly source: string; readonly id: string }[]
}
interface AuditJson {
  readonly ticketId: string
  readonly cause: { readonly kind: string } | null
}
interface NamedJson {
  readonly id: string
  readonly name: string
  readonly email?: string | null
}
interface MasterJson {
  readonly id: string
  readonly external: { readonly source: string; readonly id: string } | null
  readonly rollup: {
    readonly children: { readonly total: number; readonly open: number }
    readonly customers: number
    readonly projects: number
  }
}

export interface FoundMaster {
  readonly children: number
  readonly open: number
  readonly customers: number
  readonly projects: number
}

export interface Found {
  readonly tickets: ReadonlyMap<string, Standing>
  readonly masters: ReadonlyMap<string, FoundMaster>
}

/** Everything that REST says about this source: tickets, audit, links as tickets and masters tell them, rollups. */
export async function foundOf(api: Api, source: string, progress: Progress): Promise<Found> {
  const label = (ticket: TicketJson) => ticket.externalIds.find((external) => external.source === source)?.id
  const all = await collect(api.all<TicketJson>('/v1/tickets'))
  const ours = all.flatMap((ticket) => {
    const name = label(ticket)
    return name === undefined || ticket.master ? [] : [{ name, ticket }]
  })
  const nameOf = new Map(all.map((ticket) => [ticket.id, label(ticket) ?? ticket.id]))
  const { masters, mastersOf } = await readMasters(api, source)
  const directory = await readDirectory(api)
  const audits = await readAudits(api, progress)
  const tickets = new Map<string, Standing>()
  for (const { name, ticket } of ours) {
    const own = ticket.primaryMasterId === null ? null : (nameOf.get(ticket.primaryMasterId) ?? ticket.primaryMasterId)
    const link = agreed(own, mastersOf.get(ticket.id) ?? [])
    tickets.set(name, { ...standingOf(ticket, directory), link, audit: audits.get(ticket.id) ?? 0 })
  }
  return { tickets, masters }
}

/** A ticket's master by the ticket itself and by the masters' lists of children; both where they differ. */
function agreed(own: string | null, listed: readonly string[]): string | null {
  if (listed.length === 0 && own === null) return null
  if (listed.length === 1 && listed[0] === own) return own
  return `${own ?? 'none'} by the ticket, ${listed.length === 0 ? 'none' : listed.join('+')} by the masters`
}

function standingOf(ticket: TicketJson, directory: Directory) {
  const name = (id: string | null) => (id === null ? null : (directory.get(id) ?? id))
  return {
    status: ticket.status ?? 'none',
    priority: ticket.priority ?? 'none',
    customer: name(ticket.customerId),
    project: name(ticket.projectId),
    requester: name(ticket.requesterId),
  }
}

type Directory = ReadonlyMap<string, string>

async function readDirectory(api: Api): Promise<Directory> {
  const found = new Map<string, string>()
  for (const kind of ['customers', 'projects', 'requesters'])
    for await (const { id, name, email } of api.all<NamedJson>(`/v1/directory/${kind}`)) found.set(id, email ?? name)
  return found
}

async function readMasters(api: Api, source: string) {
  const masters = new Map<string, FoundMaster>()
  const mastersOf = new Map<string, string[]>()
  for await (const { id, external, rollup } of api.all<MasterJson>('/v1/masters')) {
    if (external?.source !== source) continue
    const { children, customers, projects } = rollup
    masters.set(external.id, { children: children.total, open: children.open, customers, projects })
    const linked = api.all<{ ticket: TicketJson | null }>(`/v1/masters/${id}/children`, { primary: 'true' })
    for await (const { ticket } of linked)
      if (ticket !== null) mastersOf.set(ticket.id, [...(mastersOf.get(ticket.id) ?? []), external.id])
  }
  return { masters, mastersOf }
}

/** Upstream's audit entries per ticket; what agents and operations did is not the log's. */
async function readAudits(api: Api, progress: Progress): Promise<Map<string, number>> {
  const counted = new Map<string, number>()
  let read = 0
  for await (const { ticketId, cause } of api.all<AuditJson>('/v1/audit')) {
    if (cause?.kind === 'upstream') counted.set(ticketId, (counted.get(ticketId) ?? 0) + 1)
    read += 1
    progress.update(read)
  }
  return counted
}
