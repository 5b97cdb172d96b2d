import { textArray, uuidArray } from '@umbel/messaging'
import { type Family, type Found, isSeen, phraseOwners } from './leak-search.ts'
import { rowsOf, type Unit } from './sql.ts'

/** Who gets a text: these, or every child of the family. */
export interface Receivers extends Family {
  readonly receiverIds: readonly string[]
}

type Column = (typeof phraseOwners)[number]['column'] | 'number'

/** Enough to show that hardly any phrase is everybody's. */
const FIRST_CHILDREN = 1_000

/** Those of these phrases that not every receiver owns, so that the text would tell somebody of somebody else. */
export async function foreignPhrases(unit: Unit, found: readonly Found[], receivers: Receivers): Promise<Found[]> {
  const everybodys = new Set<string>()
  for (const { column, kinds } of [...phraseOwners, { column: 'number', kinds: ['number'] } as const]) {
    const phrases = found.filter(({ kind }) => kinds.some((one) => one === kind)).map(({ phrase }) => phrase)
    for (const phrase of await ownedByAll(unit, column, [...new Set(phrases)], receivers)) everybodys.add(phrase)
  }
  return found.filter(({ phrase }) => !everybodys.has(phrase))
}

async function ownedByAll(
  unit: Unit,
  column: Column,
  phrases: readonly string[],
  { receiverIds, ...family }: Receivers,
): Promise<readonly string[]> {
  if (phrases.length === 0) return []
  if (receiverIds.length > 0) return without(phrases, await missing(unit, column, phrases, receiverIds))
  const first = await firstChildren(unit, family)
  const left = without(phrases, await missing(unit, column, phrases, first))
  if (left.length === 0 || first.length < FIRST_CHILDREN || column === 'number') return left
  return without(left, await missingFromChildren(unit, column, left, family))
}

const without = (phrases: readonly string[], some: ReadonlySet<string>): string[] =>
  phrases.filter((phrase) => !some.has(phrase))

// link_children, known_ticket_pkey
async function firstChildren(unit: Unit, { masterId, hiddenGroupIds }: Family): Promise<string[]> {
  const rows = await rowsOf<{ ticket_id: string }>(
    unit,
    `select l.ticket_id from link l
      left join known_ticket k on k.workspace_id = l.workspace_id and k.ticket_id = l.ticket_id
      where l.workspace_id = ? and l.target_id = ? and l.kind = 'child' and l.ended_at is null and ${isSeen}
      order by l.link_seq limit ?`,
    [unit.workspaceId, masterId, [...hiddenGroupIds], FIRST_CHILDREN],
  )
  return rows.map((row) => row.ticket_id)
}

// link_one_per_pair, known_ticket_pkey
/** Whether each of the receivers is a child of the master, and in sight. */
export async function areSeenChildren(unit: Unit, receivers: Receivers): Promise<boolean> {
  const { masterId, hiddenGroupIds, receiverIds } = receivers
  const asked = [...new Set(receiverIds)]
  const [row] = await rowsOf<{ children: number }>(
    unit,
    `select count(*)::int as children from unnest(?::uuid[]) as r (ticket_id)
      join link l on l.workspace_id = ? and l.ticket_id = r.ticket_id and l.target_id = ? and l.kind = 'child'
        and l.ended_at is null
      join known_ticket k on k.workspace_id = l.workspace_id and k.ticket_id = l.ticket_id and ${isSeen}`,
    [uuidArray(asked), unit.workspaceId, masterId, [...hiddenGroupIds]],
  )
  return row?.children === asked.length
}

// known_ticket_pkey, leak_phrase_pkey
/** Those that one of these tickets at least does not own. The probe is a subselect: a join is planned over all owners. */
async function missing(
  unit: Unit,
  column: Column,
  phrases: readonly string[],
  ticketIds: readonly string[],
): Promise<Set<string>> {
  const owns =
    column === 'number'
      ? `(t.phrase = '#' || k.number)`
      : `(select true from leak_phrase p where p.workspace_id = k.workspace_id and p.phrase = t.phrase
          and p.owner_id = k.${column} limit 1)`
  return phrasesOf(
    unit,
    `select t.phrase from unnest(?::text[]) as t (phrase) cross join lateral (
        select from unnest(?::uuid[]) as r (ticket_id)
        left join known_ticket k on k.workspace_id = ? and k.ticket_id = r.ticket_id
        where ${owns} is not true limit 1) as stranger`,
    [textArray(phrases), uuidArray(ticketIds), unit.workspaceId],
  )
}

// link_children, leak_phrase_pkey
/** Those that one child at least does not own: one pass over the children for all phrases. */
const missingFromChildren = (
  unit: Unit,
  column: Exclude<Column, 'number'>,
  phrases: readonly string[],
  { masterId, hiddenGroupIds }: Family,
): Promise<Set<string>> =>
  phrasesOf(
    unit,
    `with child as materialized (select k.${column} as owner_id from link l
        join known_ticket k on k.workspace_id = l.workspace_id and k.ticket_id = l.ticket_id
        where l.workspace_id = ? and l.target_id = ? and l.kind = 'child' and l.ended_at is null and ${isSeen}),
      owner as materialized (select distinct p.phrase, p.owner_id from leak_phrase p
        where p.workspace_id = ? and p.phrase = any(?::text[]))
      select t.phrase from unnest(?::text[]) as t (phrase)
        left join (select o.phrase, count(*) as children from child c join owner o using (owner_id) group by o.phrase) as owned
          using (phrase)
        where coalesce(owned.children, 0) < (select count(*) from child)`,
    [unit.workspaceId, masterId, [...hiddenGroupIds], unit.workspaceId, textArray(phrases), textArray(phrases)],
  )

async function phrasesOf(...statement: Parameters<typeof rowsOf>): Promise<Set<string>> {
  const rows = await rowsOf<{ phrase: string }>(...statement)
  return new Set(rows.map(({ phrase }) => phrase))
}
