import type { Transaction } from '@umbel/messaging'
import { type Binding, rows } from '@umbel/service-kit/store'
import type { Ticket } from '../domain/ticket.ts'
import type { ExternalId, Status } from '../domain/words.ts'
import { columnsWithoutFields, type TicketRow, ticketColumns, toTicket } from './ticket-row.ts'

export interface TicketFilter {
  readonly statuses: readonly Status[]
  readonly requesterId: string | null
  readonly customerId: string | null
  readonly external: ExternalId | null
  readonly ids: readonly string[]
  /** Tickets of these groups are left out. */
  readonly hiddenGroupIds: ReadonlySet<string>
  /** Only numbers below it. */
  readonly before: number | null
  readonly limit: number
}

export interface NumberedTicket {
  readonly number: bigint
  readonly id: string
}

export interface TicketRead {
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Ticket>>
  /** The same without their form fields. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, Ticket>>
  byNumber(number: bigint): Promise<Ticket | undefined>
  /** Of these numbers, but for tickets of these groups; in no order. */
  idsOf(numbers: readonly bigint[], hiddenGroupIds: ReadonlySet<string>): Promise<readonly NumberedTicket[]>
  /** Newest first. */
  list(filter: TicketFilter): Promise<readonly Ticket[]>
  /** In id order, after this one. */
  after(id: string | null, limit: number): Promise<readonly Ticket[]>
}

export function ticketRead(trx: Transaction, workspaceId: string): TicketRead {
  const select = async (condition: string, bindings: readonly Binding[], columns = ticketColumns): Promise<Ticket[]> =>
    (
      await rows<TicketRow>(trx, `select ${columns} from ticket where workspace_id = ? and ${condition}`, [
        workspaceId,
        ...bindings,
      ])
    ).map(toTicket)
  const named = async (ids: readonly string[], columns: string) => {
    const found = ids.length === 0 ? [] : await select('ticket_id = any(?::uuid[])', [ids], columns)
    return new Map(found.map((ticket) => [ticket.id, ticket]))
  }
  return {
    // primary key
    byIds: (ids) => named(ids, ticketColumns),
    statesOf: (ids) => named(ids, columnsWithoutFields),
    // ticket_by_number
    byNumber: async (number) => (await select('number = ?::bigint', [number.toString()]))[0],
    // ticket_by_number
    async idsOf(numbers, hiddenGroupIds) {
      const found = await rows<{ ticket_id: string; number: string }>(
        trx,
        `select ticket_id, number from ticket where workspace_id = ? and number = any(?::bigint[])
          and (group_id is null or group_id <> all(?::uuid[]))`,
        [workspaceId, numbers.map(String), [...hiddenGroupIds]],
      )
      return found.map((row) => ({ id: row.ticket_id, number: BigInt(row.number) }))
    },
    async list(filter) {
      const { conditions, bindings } = where(filter, workspaceId)
      return select(`${conditions.join(' and ')} order by number desc limit ?`, [...bindings, filter.limit])
    },
    // primary key
    after: (id, limit) =>
      id === null
        ? select('true order by ticket_id limit ?', [limit])
        : select('ticket_id > ? order by ticket_id limit ?', [id, limit]),
  }
}

// ticket_by_number, ticket_by_requester, ticket_by_customer, or ticket_upstream's primary key
function where(filter: TicketFilter, workspaceId: string) {
  const conditions = ['true']
  const bindings: Binding[] = []
  const add = (condition: string, ...values: readonly Binding[]) => {
    conditions.push(condition)
    bindings.push(...values)
  }
  if (filter.statuses.length > 0) add('status = any(?::text[])', filter.statuses)
  if (filter.requesterId !== null) add('requester_id = ?', filter.requesterId)
  if (filter.customerId !== null) add('customer_id = ?', filter.customerId)
  if (filter.ids.length > 0) add('ticket_id = any(?::uuid[])', filter.ids)
  if (filter.hiddenGroupIds.size > 0)
    add('(group_id is null or group_id <> all(?::uuid[]))', [...filter.hiddenGroupIds])
  if (filter.before !== null) add('number < ?::bigint', filter.before)
  if (filter.external !== null)
    add(
      'ticket_id = (select u.ticket_id from ticket_upstream u where u.workspace_id = ? and u.source = ? and u.subject = ?)',
      workspaceId,
      filter.external.source,
      filter.external.id,
    )
  return { conditions, bindings }
}
