import { uuidArray } from '@umbel/messaging'
import type { OperationRun } from '../domain/operation.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** Remembers which operations run, the last word given on each. */
export async function keepRuns(unit: Unit, runs: readonly OperationRun[]): Promise<void> {
  const latest = [...new Map(runs.map((run) => [run.operationId, run])).values()]
  const ended = latest.filter(({ running }) => !running).map(({ operationId }) => operationId)
  const begun = latest.filter(({ running }) => running)
  await rowsOf(unit, 'delete from running_operation where workspace_id = ? and operation_id = any(?::uuid[])', [
    unit.workspaceId,
    uuidArray(ended),
  ])
  await rowsOf(
    unit,
    `insert into running_operation (workspace_id, operation_id, master_id)
      select ?::uuid, t.* from jsonb_to_recordset(?::jsonb) as t (operation_id uuid, master_id uuid)
      order by t.operation_id on conflict do nothing`,
    [unit.workspaceId, recordset(begun.map((run) => ({ operation_id: run.operationId, master_id: run.masterId })))],
  )
}

// running_operation_of_master
/** An operation that runs on this master's children, if there is one. */
export async function runningOn(unit: Unit, masterId: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ operation_id: string }>(
    unit,
    'select operation_id from running_operation where workspace_id = ? and master_id = ? limit 1',
    [unit.workspaceId, masterId],
  )
  return row?.operation_id
}
