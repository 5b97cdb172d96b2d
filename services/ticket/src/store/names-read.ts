import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { Names } from '../domain/template-values.ts'
import type { Ticket } from '../domain/ticket.ts'

/** What is called for; each costs one read, however many tickets there are. */
export type Called = Partial<Record<'requester' | 'customer' | 'project' | 'workspace', boolean>>

export interface TicketNames extends Omit<Names, 'agent'> {
  /** The requester's language; empty: unknown or not asked for. */
  readonly locale: string
  /** The requester has an address; false also where nobody asked for the requester. */
  readonly addressed: boolean
}

/** How what these tickets refer to is called; what was not asked for is empty. */
export type NamesRead = (tickets: readonly Ticket[], called: Called) => Promise<(ticket: Ticket) => TicketNames>

interface Named {
  readonly id: string
  readonly name: string
  readonly locale: string | null
  readonly addressed: boolean
}
type Found = ReadonlyMap<string, Named>

const tables = {
  requester: `select requester_id as id, name, locale, email is not null as addressed from requester
    where workspace_id = ? and requester_id`,
  customer:
    'select customer_id as id, name, null as locale, false as addressed from customer where workspace_id = ? and customer_id',
  project:
    'select project_id as id, name, null as locale, false as addressed from project where workspace_id = ? and project_id',
} as const

// every statement here: the primary key
export const namesRead =
  (trx: Transaction, workspaceId: string): NamesRead =>
  async (tickets, called) => {
    const read = async (kind: keyof typeof tables, ids: readonly (string | null)[]): Promise<Found> => {
      const named = [...new Set(ids.filter((id) => id !== null))]
      if (!called[kind] || named.length === 0) return new Map()
      const found = await rows<Named>(trx, `${tables[kind]} = any(?::uuid[])`, [workspaceId, named])
      return new Map(found.map((entry) => [entry.id, entry]))
    }
    const requesters = await read(
      'requester',
      tickets.map(({ requesterId }) => requesterId),
    )
    const customers = await read(
      'customer',
      tickets.map(({ customerId }) => customerId),
    )
    const projects = await read(
      'project',
      tickets.map(({ projectId }) => projectId),
    )
    const workspace = called.workspace ? await nameOfWorkspace(trx, workspaceId) : ''
    return ({ requesterId, customerId, projectId }) => ({
      requester: entry(requesters, requesterId)?.name ?? '',
      customer: entry(customers, customerId)?.name ?? '',
      project: entry(projects, projectId)?.name ?? '',
      locale: entry(requesters, requesterId)?.locale ?? '',
      addressed: entry(requesters, requesterId)?.addressed ?? false,
      workspace,
    })
  }

const entry = (found: Found, id: string | null): Named | undefined => (id === null ? undefined : found.get(id))

const nameOfWorkspace = async (trx: Transaction, workspaceId: string): Promise<string> =>
  (await row<{ name: string }>(trx, 'select name from workspace where workspace_id = ?', [workspaceId]))?.name ?? ''
