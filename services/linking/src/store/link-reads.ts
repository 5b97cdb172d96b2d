import type { ActiveLink } from '../domain/link.ts'
import type { Status } from '../domain/words.ts'
import { rowsOf, type Unit } from './sql.ts'

export interface LinkRow extends ActiveLink {
  readonly linkSeq: number
  readonly linkedAt: Date
  readonly endedAt: Date | undefined
}

export interface ChildRow extends LinkRow {
  readonly status: Status
}

interface Row {
  link_id: string
  kind: LinkRow['kind']
  purpose: LinkRow['purpose']
  ticket_id: string
  target_id: string
  is_primary: boolean
  link_seq: string
  linked_at: Date
  ended_at: Date | null
}

const columns = `l.link_id, l.kind, l.purpose, l.ticket_id, l.target_id, l.is_primary, l.link_seq, l.linked_at, l.ended_at`

export async function readLink(unit: Unit, linkId: string): Promise<LinkRow | undefined> {
  const [row] = await rowsOf<Row>(unit, `select ${columns} from link l where l.workspace_id = ? and l.link_id = ?`, [
    unit.workspaceId,
    linkId,
  ])
  return row && toLink(row)
}

const MOST_LINKS = 1_000

// link_of_ticket, link_to_ticket
/** The links made on a ticket, and the duplicates and related ones made to it; a master's children are listed apart. */
export async function readLinks(
  unit: Unit,
  ticketId: string,
  { history, hiddenGroupIds }: { history: boolean; hiddenGroupIds: ReadonlySet<string> },
): Promise<LinkRow[]> {
  const { workspaceId } = unit
  const rows = await rowsOf<Row>(
    unit,
    `select ${columns} from (
        select * from link where workspace_id = ? and ticket_id = ?
        union all
        select * from link where workspace_id = ? and target_id = ? and kind <> 'child') l
      join known_ticket k on k.workspace_id = l.workspace_id
        and k.ticket_id = case when l.ticket_id = ? then l.target_id else l.ticket_id end
      where (? or l.ended_at is null) and (k.group_id is null or k.group_id <> all(?::uuid[]))
      order by l.linked_at, l.link_id limit ?`,
    [workspaceId, ticketId, workspaceId, ticketId, ticketId, history, [...hiddenGroupIds], MOST_LINKS],
  )
  return rows.map(toLink)
}

export interface ChildFilter {
  readonly masterId: string
  /** Empty: all. */
  readonly ticketIds: readonly string[]
  readonly statuses: readonly Status[]
  readonly labels: readonly string[]
  readonly customerIds: readonly string[]
  readonly projectIds: readonly string[]
  readonly slaStates: readonly string[]
  readonly primaryOnly: boolean
  readonly hiddenGroupIds: ReadonlySet<string>
  /** Children linked after this one. */
  readonly afterSeq: number
  readonly limit: number
}

// link_children, known_ticket_pkey, ticket_sla_pkey
/** A page of a master's children in the order in which they were linked. */
export async function readChildren(unit: Unit, filter: ChildFilter): Promise<ChildRow[]> {
  const { masterId, primaryOnly, hiddenGroupIds, afterSeq, limit } = filter
  const chosen = choiceOf(filter)
  const rows = await rowsOf<Row & { status: Status }>(
    unit,
    `select ${columns}, k.status from link l
      join known_ticket k on k.workspace_id = l.workspace_id and k.ticket_id = l.ticket_id
      where l.workspace_id = ? and l.target_id = ? and l.kind = 'child' and l.ended_at is null and l.link_seq > ?
        and (k.group_id is null or k.group_id <> all(?::uuid[])) and (not ? or l.is_primary)
        ${chosen.map(({ sql }) => `and ${sql}`).join(' ')}
      order by l.link_seq limit ?`,
    [
      unit.workspaceId,
      masterId,
      afterSeq,
      [...hiddenGroupIds],
      primaryOnly,
      ...chosen.map(({ values }) => values),
      limit,
    ],
  )
  return rows.map((row) => ({ ...toLink(row), status: row.status }))
}

/** A condition for each list that names something. */
const choiceOf = ({ ticketIds, statuses, labels, customerIds, projectIds, slaStates }: ChildFilter) =>
  [
    { sql: 'l.ticket_id = any(?::uuid[])', values: ticketIds },
    { sql: 'k.status = any(?::text[])', values: statuses },
    { sql: 'k.labels && ?::text[]', values: labels },
    { sql: 'k.customer_id = any(?::uuid[])', values: customerIds },
    { sql: 'k.project_id = any(?::uuid[])', values: projectIds },
    {
      sql: `exists (select from ticket_sla s where s.workspace_id = l.workspace_id and s.ticket_id = l.ticket_id
        and s.state = any(?::text[]))`,
      values: slaStates,
    },
  ].filter(({ values }) => values.length > 0)

const toLink = (row: Row): LinkRow => ({
  linkId: row.link_id,
  kind: row.kind,
  purpose: row.purpose,
  ticketId: row.ticket_id,
  targetId: row.target_id,
  primary: row.is_primary,
  linkSeq: Number(row.link_seq),
  linkedAt: row.linked_at,
  endedAt: row.ended_at ?? undefined,
})
