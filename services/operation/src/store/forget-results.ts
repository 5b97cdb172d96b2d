import type { Transaction } from '@umbel/messaging'
import { type Database, rows } from '@umbel/service-kit/store'
import { defaultSettings } from '../domain/settings.ts'

/** How many operations lose their results in one transaction. */
const AT_ONCE = 20

/** Plans that expired a day ago and that nobody started: they will never finish. */
const UNSTARTED = `accepted_at is null and finished_at is null and expires_at < statement_timestamp() - interval '1 day'`

/**
 * Forgets, workspace by workspace, the items, texts and changes of operations that finished longer ago than the
 * workspace keeps results, and of plans that nobody started. Counts stay, and so does the record.
 */
export const forgetResults = (app: Database, claimer: Database) => async (): Promise<number> => {
  // operation_results, operation_unstarted; no workspace keeps results for less than a day
  const workspaces = await claimer.transaction((trx) =>
    rows<{ workspace_id: string }>(
      trx,
      `select workspace_id from operation
        where finished_at < statement_timestamp() - interval '1 day' and results_forgotten_at is null
        union select workspace_id from operation where ${UNSTARTED} and results_forgotten_at is null`,
    ),
  )
  let forgotten = 0
  for (const { workspace_id: workspaceId } of workspaces) {
    let last = 0
    do {
      last = await app.withWorkspace(workspaceId, (trx) => forgetSome(trx, workspaceId))
      forgotten += last
    } while (last === AT_ONCE)
  }
  return forgotten
}

async function forgetSome(trx: Transaction, workspaceId: string): Promise<number> {
  const due = await rows<{ operation_id: string }>(
    trx,
    `select o.operation_id from operation o
      where o.workspace_id = ? and o.results_forgotten_at is null
        and (o.finished_at < statement_timestamp() - make_interval(days => coalesce(
               (select s.retention_days from operation_settings s where s.workspace_id = o.workspace_id), ?))
             or ${UNSTARTED})
      order by o.operation_id limit ? for update`,
    [workspaceId, defaultSettings.retentionDays, AT_ONCE],
  )
  const ids = due.map(({ operation_id }) => operation_id)
  if (ids.length === 0) return 0
  for (const table of ['operation_item', 'operation_text', 'operation_change'])
    await rows(trx, `delete from ${table} where workspace_id = ? and operation_id = any (?::uuid[])`, [
      workspaceId,
      ids,
    ])
  await rows(
    trx,
    'update operation set results_forgotten_at = clock_timestamp() where workspace_id = ? and operation_id = any (?::uuid[])',
    [workspaceId, ids],
  )
  return ids.length
}
