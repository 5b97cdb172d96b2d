import type { Rollup } from '../domain/rollup.ts'
import { NO_GROUP, priorities, statuses } from '../domain/words.ts'
import { counterColumns } from './rollups.ts'
import { rowsOf, type Unit } from './sql.ts'

const LISTED = 100

type Counters = Record<string, string>
interface Row {
  master_id: string
  counters: Counters
  hidden: string
  version: string
  reply_ticket_id: string | null
  reply_comment_id: string | null
  replied_at: Date | null
  customers: string
  projects: string
  customer_ids: string[]
  project_ids: string[]
}

/**
 * The rollups of these masters as a viewer sees them, from counters alone: one statement over primary keys, and one
 * probe of rollup_reply_latest for each group of a master. Links and contributions are not read.
 */
export async function readRollups(
  unit: Unit,
  masterIds: readonly string[],
  hiddenGroupIds: ReadonlySet<string>,
): Promise<Map<string, Rollup>> {
  const hidden = [...hiddenGroupIds].filter((id) => id !== NO_GROUP)
  const rows = await rowsOf<Row>(unit, statement, [unit.workspaceId, masterIds, hidden])
  return new Map(rows.map((row) => [row.master_id, toRollup(row)]))
}

const sums = counterColumns.map(
  (column) => `'${column}', coalesce(sum(c.${column}) filter (where not c.unseen), 0)::text`,
)

const references = (kind: string) => `
  (select count(*) from seen s where s.kind = '${kind}') as ${kind}s,
  array(select s.reference_id::text from seen s where s.kind = '${kind}'
    order by s.children desc, s.reference_id limit ${LISTED}) as ${kind}_ids`

// rollup_counter_pkey, rollup_reply_latest, rollup_reference_pkey, stream_pkey
const statement = `
  with given as (select ?::uuid as workspace_id, ?::uuid[] as masters, ?::uuid[] as hidden)
  select m.master_id, n.counters, n.hidden, coalesce(v.version, 0) as version,
    l.ticket_id as reply_ticket_id, l.comment_id as reply_comment_id, l.replied_at, r.*
  from given g cross join lateral unnest(g.masters) as m (master_id)
  cross join lateral (
    select json_build_object(${sums.join(', ')}) as counters,
      coalesce(sum(c.children) filter (where c.unseen), 0) as hidden
    from (select k.*, k.group_id = any(g.hidden) as unseen from rollup_counter k
      where k.workspace_id = g.workspace_id and k.master_id = m.master_id) c) n
  cross join lateral (
    with seen as materialized (
      select f.kind, f.reference_id, sum(f.children) as children from rollup_reference f
      where f.workspace_id = g.workspace_id and f.master_id = m.master_id and f.children > 0 and f.group_id <> all(g.hidden)
      group by f.kind, f.reference_id)
    select ${references('customer')}, ${references('project')}) r
  left join lateral (
    select p.* from rollup_counter k cross join lateral (
      select y.ticket_id, y.comment_id, y.replied_at from rollup_reply y
      where y.workspace_id = g.workspace_id and y.master_id = m.master_id and y.group_id = k.group_id
      order by y.replied_at desc limit 1) p
    where k.workspace_id = g.workspace_id and k.master_id = m.master_id and k.group_id <> all(g.hidden)
    order by p.replied_at desc limit 1) l on true
  left join stream v on v.workspace_id = g.workspace_id and v.stream_key = 'rollups:' || m.master_id`

function toRollup(row: Row): Rollup {
  const figure = (column: string) => Number(row.counters[column] ?? 0)
  const byStatus = Object.fromEntries(statuses.map((status) => [status, figure(`status_${status}`)]))
  const byPriority = Object.fromEntries(priorities.map((priority) => [priority, figure(`priority_${priority}`)]))
  const closed = figure('status_solved') + figure('status_closed')
  return {
    children: figure('children'),
    open: figure('children') - closed,
    closed,
    byStatus: byStatus as Rollup['byStatus'], // the keys are all the statuses, from the line above
    byPriority: byPriority as Rollup['byPriority'],
    latestReply: replyOf(row),
    customers: Number(row.customers),
    projects: Number(row.projects),
    customerIds: row.customer_ids,
    projectIds: row.project_ids,
    hidden: Number(row.hidden),
    contributing: figure('contributing'),
    version: Number(row.version),
  }
}

function replyOf({ reply_ticket_id, reply_comment_id, replied_at }: Row): Rollup['latestReply'] {
  if (reply_ticket_id === null || reply_comment_id === null || replied_at === null) return undefined
  return { ticketId: reply_ticket_id, commentId: reply_comment_id, at: replied_at }
}
