import type { TicketSla } from '../domain/ticket-sla.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** Remembers how the clocks of tickets stand, the last one given of each; the ticket itself may be unknown yet. */
export async function keepSla(unit: Unit, all: readonly TicketSla[]): Promise<void> {
  const latest = new Map(all.map(({ ticketId, state }) => [ticketId, { ticket_id: ticketId, state }]))
  await rowsOf(
    unit,
    `insert into ticket_sla (workspace_id, ticket_id, state)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (ticket_id uuid, state text) order by t.ticket_id
      on conflict (workspace_id, ticket_id) do update set state = excluded.state`,
    [unit.workspaceId, recordset([...latest.values()])],
  )
}
