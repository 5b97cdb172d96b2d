import type { Database } from '@umbel/service-kit/store'
import { rowsOf } from './sql.ts'

/** Work that is due somewhere; found by the claimer, which sees ids and times only, and done under the workspace. */
export interface DueWork {
  /** Workspaces with links that ticket has not been told of. */
  workspacesWithLinks(): Promise<string[]>
  unpushedRoles(): Promise<readonly Due[]>
  sagas(): Promise<readonly Due[]>
  /** Masters whose rollup is to be checked; the next check of each is so many seconds away. */
  takeChecks(everyS: number, limit: number): Promise<readonly Due[]>
}

export interface Due {
  readonly workspaceId: string
  readonly id: string
}

const PAGE = 200

export const createDueWork = (claimer: Database): DueWork => ({
  // primary_link_push_due
  workspacesWithLinks: () =>
    claimer.transaction(async (trx) => {
      const rows = await rowsOf<{ workspace_id: string }>(
        { trx },
        `select distinct workspace_id from (select workspace_id from primary_link_push
          where due_at <= statement_timestamp() order by due_at limit ${PAGE}) due`,
        [],
      )
      return rows.map((row) => row.workspace_id)
    }),
  // ticket_role_unpushed
  unpushedRoles: () =>
    claimer.transaction((trx) =>
      rowsOf<Due>(
        { trx },
        `select workspace_id as "workspaceId", ticket_id as id from ticket_role
          where role_version > acknowledged_version and push_due_at <= statement_timestamp() order by push_due_at limit ${PAGE}`,
        [],
      ),
    ),
  // open_master_due
  sagas: () =>
    claimer.transaction((trx) =>
      rowsOf<Due>(
        { trx },
        `select workspace_id as "workspaceId", saga_id as id from open_master
          where done_at is null and due_at <= statement_timestamp() order by due_at limit ${PAGE}`,
        [],
      ),
    ),
  // ticket_role_check_due
  takeChecks: (everyS, limit) =>
    claimer.transaction((trx) =>
      rowsOf<Due>(
        { trx },
        `update ticket_role set check_due_at = clock_timestamp() + make_interval(secs => ?)
          where (workspace_id, ticket_id) in (
            select workspace_id, ticket_id from ticket_role where master and check_due_at <= statement_timestamp()
            order by check_due_at limit ? for update skip locked)
          returning workspace_id as "workspaceId", ticket_id as id`,
        [everyS, limit],
      ),
    ),
})
