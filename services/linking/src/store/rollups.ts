import type { Figure } from '../domain/contribution.ts'
import type { LinkingEvent } from '../domain/events.ts'
import type { Tally } from '../domain/tally.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'
import { advanceStreams } from './streams.ts'

/** Figures as columns: `by_status.open` is `status_open`. */
export const columnOf = (figure: Figure): string => figure.replace(/^by_/, '').replace('.', '_')

const statusColumns = [
  'status_new',
  'status_open',
  'status_pending',
  'status_on_hold',
  'status_solved',
  'status_closed',
]
const priorityColumns = ['priority_low', 'priority_normal', 'priority_high', 'priority_urgent']
export const counterColumns = ['children', 'contributing', ...statusColumns, ...priorityColumns]

/** Moves the counters of all masters in a tally, in id order, one statement per table; gives what is to be told. */
export async function applyTally(unit: Unit, tally: Tally): Promise<LinkingEvent[]> {
  const masters = tally.masters()
  if (masters.length === 0) return []
  const counters = masters.flatMap(({ masterId, delta }) =>
    [...delta.groups].map(([groupId, group]) => ({
      master_id: masterId,
      group_id: groupId,
      ...Object.fromEntries([...group].map(([figure, by]) => [columnOf(figure), by])),
    })),
  )
  const references = masters.flatMap(({ masterId, delta }) =>
    [...delta.references.values()].map(({ kind, id, groupId, count }) => ({ masterId, kind, id, groupId, count })),
  )
  await moveCounters(unit, counters)
  await moveReferences(unit, references)
  const steps = new Map(masters.map(({ masterId }) => [`rollups:${masterId}`, 1]))
  const versions = await advanceStreams(unit, steps)
  const totals = await totalsOf(
    unit,
    masters.map(({ masterId }) => masterId),
  )
  return masters.map(({ masterId, cause }) => ({
    type: 'rollup-changed',
    streamVersion: versions.get(`rollups:${masterId}`) ?? 0,
    cause,
    masterId,
    ...(totals.get(masterId) ?? { children: 0, open: 0, closed: 0 }),
  }))
}

async function moveCounters(unit: Unit, counters: readonly object[]): Promise<void> {
  if (counters.length === 0) return
  await rowsOf(
    unit,
    `insert into rollup_counter as c (workspace_id, master_id, group_id, ${counterColumns.join(', ')})
      select ?::uuid, t.master_id, t.group_id, ${counterColumns.map((column) => `coalesce(t.${column}, 0)`).join(', ')}
      from jsonb_to_recordset(?::jsonb)
        as t (master_id uuid, group_id uuid, ${counterColumns.map((column) => `${column} bigint`).join(', ')})
      order by t.master_id, t.group_id
      on conflict (workspace_id, master_id, group_id) do update set
        ${counterColumns.map((column) => `${column} = c.${column} + excluded.${column}`).join(', ')}`,
    [unit.workspaceId, recordset(counters)],
  )
}

interface ReferenceRow {
  readonly masterId: string
  readonly kind: string
  readonly id: string
  readonly groupId: string
  readonly count: number
}

async function moveReferences(unit: Unit, references: readonly ReferenceRow[]): Promise<void> {
  if (references.length === 0) return
  await rowsOf(
    unit,
    `insert into rollup_reference as r (workspace_id, master_id, kind, reference_id, group_id, children)
      select ?::uuid, t."masterId", t.kind, t.id, t."groupId", t.count
      from jsonb_to_recordset(?::jsonb) as t ("masterId" uuid, kind text, id uuid, "groupId" uuid, count bigint)
      order by t."masterId", t.kind, t.id, t."groupId"
      on conflict (workspace_id, master_id, kind, reference_id, group_id)
        do update set children = r.children + excluded.children`,
    [unit.workspaceId, recordset(references)],
  )
  const lessened = references.filter(({ count }) => count < 0)
  if (lessened.length === 0) return
  await rowsOf(
    unit,
    `delete from rollup_reference r
      using jsonb_to_recordset(?::jsonb) as t ("masterId" uuid, kind text, id uuid, "groupId" uuid)
      where r.workspace_id = ? and r.master_id = t."masterId" and r.kind = t.kind and r.reference_id = t.id
        and r.group_id = t."groupId" and r.children = 0`,
    [recordset(lessened), unit.workspaceId],
  )
}

async function totalsOf(unit: Unit, masterIds: readonly string[]) {
  const rows = await rowsOf<{ master_id: string; children: string; open: string; closed: string }>(
    unit,
    `select master_id, sum(children) as children,
        sum(status_new + status_open + status_pending + status_on_hold) as open, sum(status_solved + status_closed) as closed
      from rollup_counter where workspace_id = ? and master_id = any(?::uuid[]) group by master_id`,
    [unit.workspaceId, masterIds],
  )
  return new Map(
    rows.map((row) => [
      row.master_id,
      { children: Number(row.children), open: Number(row.open), closed: Number(row.closed) },
    ]),
  )
}
