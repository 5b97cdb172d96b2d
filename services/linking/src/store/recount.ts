import { type Figure, figures, type ReferenceKind } from '../domain/contribution.ts'
import { NO_GROUP } from '../domain/words.ts'
import { columnOf } from './rollups.ts'
import { rowsOf, type Unit } from './sql.ts'

/** What differs between a master's counters and a count of its links and tickets. */
export interface Recount {
  readonly figures: readonly {
    readonly groupId: string
    readonly figure: Figure
    readonly stored: number
    readonly counted: number
  }[]
  readonly references: readonly {
    readonly kind: ReferenceKind
    readonly id: string
    readonly groupId: string
    readonly stored: number
    readonly counted: number
  }[]
  /** Children whose stored contribution or latest reply is not what is known of them, or that are no children any more. */
  readonly strayChildren: number
}

const countOf = (figure: Figure): string => {
  const [kind, word] = figure.split('.')
  if (kind === 'by_status') return `count(*) filter (where k.status = '${word}')`
  if (kind === 'by_priority') return `count(*) filter (where k.priority = '${word}')`
  return figure === 'contributing' ? 'count(*) filter (where not l.is_primary)' : 'count(*)'
}

const children = `from link l
  join known_ticket k on k.workspace_id = l.workspace_id and k.ticket_id = l.ticket_id
  where l.workspace_id = given.workspace_id and l.target_id = given.master_id and l.kind = 'child' and l.ended_at is null`

const given = 'with given as (select ?::uuid as workspace_id, ?::uuid as master_id)'

/** Counts anew; each comparison is one statement, so that both sides are of one moment. */
export async function recount(unit: Unit, masterId: string): Promise<Recount> {
  const bindings = [unit.workspaceId, masterId]
  const counters = await rowsOf<Record<string, string>>(unit, counterStatement, bindings)
  const references = await rowsOf<ReferenceRow>(unit, referenceStatement, bindings)
  const [strays] = await rowsOf<{ count: string }>(unit, strayStatement, bindings)
  return {
    figures: counters.flatMap((row) =>
      figures.flatMap((figure) => {
        const stored = Number(row[`stored_${columnOf(figure)}`])
        const counted = Number(row[`counted_${columnOf(figure)}`])
        return stored === counted ? [] : [{ groupId: String(row.group_id), figure, stored, counted }]
      }),
    ),
    references: references.map((row) => ({ ...row, stored: Number(row.stored), counted: Number(row.counted) })),
    strayChildren: Number(strays?.count ?? 0),
  }
}

interface ReferenceRow {
  readonly kind: ReferenceKind
  readonly id: string
  readonly groupId: string
  readonly stored: string
  readonly counted: string
}

// link_children, known_ticket_pkey, rollup_counter_pkey
const counterStatement = `${given}
  select coalesce(c.group_id, s.group_id) as group_id,
    ${figures
      .map(columnOf)
      .map((column) => `coalesce(c.${column}, 0) as counted_${column}, coalesce(s.${column}, 0) as stored_${column}`)
      .join(', ')}
  from (select counts.* from given cross join lateral (
      select coalesce(k.group_id, '${NO_GROUP}') as group_id,
        ${figures.map((figure) => `${countOf(figure)} as ${columnOf(figure)}`).join(', ')}
      ${children} group by 1) counts) c
  full join (select r.* from given join rollup_counter r
      on r.workspace_id = given.workspace_id and r.master_id = given.master_id) s on s.group_id = c.group_id`

// link_children, known_ticket_pkey, rollup_reference_pkey
const referenceStatement = `${given}
  select coalesce(c.kind, s.kind) as kind, coalesce(c.id, s.id) as id, coalesce(c.group_id, s.group_id) as "groupId",
    coalesce(s.children, 0) as stored, coalesce(c.children, 0) as counted
  from (select counts.* from given cross join lateral (
      select v.kind, v.id, coalesce(k.group_id, '${NO_GROUP}') as group_id, count(*) as children
      ${children.replace('where', "cross join lateral (values ('customer', k.customer_id), ('project', k.project_id)) as v (kind, id) where")}
        and l.purpose = 'customer' and v.id is not null
      group by 1, 2, 3) counts) c
  full join (select r.kind, r.reference_id as id, r.group_id, r.children from given join rollup_reference r
      on r.workspace_id = given.workspace_id and r.master_id = given.master_id) s
    on s.kind = c.kind and s.id = c.id and s.group_id = c.group_id
  where coalesce(s.children, 0) <> coalesce(c.children, 0)`

// link_children, child_contribution_of_master, rollup_reply_pkey
const strayStatement = `${given}
  select count(*) as count
  from (select child.* from given cross join lateral (
      select k.*, l.link_id, l.purpose, l.is_primary ${children}) child) k
  full join (select c.* from given join child_contribution c
      on c.workspace_id = given.workspace_id and c.master_id = given.master_id) c on c.ticket_id = k.ticket_id
  full join (select y.* from given join rollup_reply y
      on y.workspace_id = given.workspace_id and y.master_id = given.master_id) y
    on y.ticket_id = coalesce(k.ticket_id, c.ticket_id)
  where row (k.link_id, k.status, k.priority, k.group_id, k.customer_id, k.project_id, k.purpose, k.is_primary)
      is distinct from row (c.link_id, c.status, c.priority, c.group_id, c.customer_id, c.project_id, c.purpose, c.is_primary)
    or k.reply_comment_id is distinct from y.comment_id
    or (y.ticket_id is not null and y.group_id is distinct from coalesce(k.group_id, '${NO_GROUP}'))`
