import { recordset, rowsOf, type Unit } from './sql.ts'

/** Advances streams by so many versions each, under their rows' locks in key order; gives the version each stands at now. */
export async function advanceStreams(unit: Unit, steps: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  if (steps.size === 0) return new Map()
  const rows = await rowsOf<{ stream_key: string; version: string }>(
    unit,
    `insert into stream as s (workspace_id, stream_key, version)
      select ?::uuid, t.key, t.steps from jsonb_to_recordset(?::jsonb) as t (key text, steps bigint) order by t.key
      on conflict (workspace_id, stream_key) do update set version = s.version + excluded.version
      returning stream_key, version`,
    [unit.workspaceId, recordset([...steps].map(([key, count]) => ({ key, steps: count })))],
  )
  return new Map(rows.map((row) => [row.stream_key, Number(row.version)]))
}
