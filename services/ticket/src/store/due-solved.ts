import { type Database, rows } from '@umbel/service-kit/store'

export interface DueTicket {
  readonly workspaceId: string
  readonly ticketId: string
  readonly version: number
}

/** Tickets of all workspaces that were recorded as solved that long ago: ids only, as the claimer sees them. */
export const findDueSolved =
  (claimer: Database) =>
  (days: number, limit: number): Promise<readonly DueTicket[]> =>
    claimer.transaction(async (trx) => {
      // solved_ticket_due; the primary key of ticket
      const due = await rows<{ workspace_id: string; ticket_id: string; version: string }>(
        trx,
        `select s.workspace_id, s.ticket_id, t.version
           from solved_ticket s join ticket t on t.workspace_id = s.workspace_id and t.ticket_id = s.ticket_id
          where s.solved_recorded_at < now() - make_interval(days => ?) order by s.solved_recorded_at limit ?`,
        [days, limit],
      )
      return due.map(({ workspace_id: workspaceId, ticket_id: ticketId, version }) => ({
        workspaceId,
        ticketId,
        version: Number(version),
      }))
    })
