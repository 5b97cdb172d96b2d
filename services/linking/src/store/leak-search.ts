import { textArray } from '@umbel/messaging'
import type { Leak } from '../domain/phrases/leaks.ts'
import { rowsOf, type Unit } from './sql.ts'

/** A phrase, or `#` and a number, and what it tells. */
export interface Found {
  readonly phrase: string
  readonly kind: Exclude<Leak['kind'], 'hidden'>
}

/** A master with its children, but for those of these groups. */
export interface Family {
  readonly masterId: string
  readonly hiddenGroupIds: ReadonlySet<string>
}

// leak_phrase_pkey
/** Those among these phrases that name anybody of the workspace: one probe of the index for each. */
export async function knownPhrases(unit: Unit, phrases: readonly string[]): Promise<string[]> {
  const rows = await rowsOf<{ phrase: string }>(
    unit,
    `select t.phrase from unnest(?::text[]) as t (phrase) cross join lateral
      (select from leak_phrase p where p.workspace_id = ? and p.phrase = t.phrase limit 1) as known`,
    [textArray(phrases), unit.workspaceId],
  )
  return rows.map(({ phrase }) => phrase)
}

/** The column of a ticket that holds the owner of phrases of these kinds. */
export const phraseOwners = [
  { column: 'ticket_id', kinds: ['external-id'] },
  { column: 'customer_id', kinds: ['customer'] },
  { column: 'requester_id', kinds: ['requester', 'address', 'domain'] },
] as const

// l is a link from ticket k to the master
const isChild = `l.workspace_id = k.workspace_id and l.ticket_id = k.ticket_id and l.target_id = ? and l.kind = 'child'
  and l.ended_at is null`

/** Of ticket k. */
export const isSeen = '(k.group_id is null or k.group_id <> all(?::uuid[]))'

// leak_phrase_pkey, known_ticket_pkey, known_ticket_of_customer, known_ticket_of_requester, link_one_per_pair
/** Those of these phrases that name the master or a child of it: from the phrase to its owners, never over all children. */
export async function phrasesOfFamily(unit: Unit, family: Family, phrases: readonly string[]): Promise<Found[]> {
  const { masterId, hiddenGroupIds } = family
  const found: Found[] = []
  for (const { column, kinds } of phraseOwners)
    found.push(
      ...(await rowsOf<Found>(
        unit,
        `select t.phrase, t.kind from (select distinct p.phrase, p.kind from leak_phrase p
            where p.workspace_id = ? and p.phrase = any(?::text[]) and p.kind = any(?::text[])) as t
          cross join lateral (
            select from leak_phrase p cross join lateral (
              select from known_ticket k left join link l on ${isChild}
              where k.workspace_id = p.workspace_id and k.${column} = p.owner_id
                and (k.ticket_id = ? or l.link_id is not null) and ${isSeen} limit 1) as one
            where p.workspace_id = ? and p.phrase = t.phrase and p.kind = t.kind limit 1) as owned`,
        [unit.workspaceId, textArray(phrases), kinds, masterId, masterId, [...hiddenGroupIds], unit.workspaceId],
      )),
    )
  return found
}

// known_ticket_by_number, link_one_per_pair
/** Those of these numbers that are the master's or a child's. */
export async function numbersOfFamily(unit: Unit, family: Family, numbers: readonly string[]): Promise<Found[]> {
  const { masterId, hiddenGroupIds } = family
  const rows = await rowsOf<{ number: string }>(
    unit,
    `select k.number from known_ticket k left join link l on ${isChild}
      where k.workspace_id = ? and k.number = any(?::bigint[]) and (k.ticket_id = ? or l.link_id is not null)
        and ${isSeen}`,
    [masterId, unit.workspaceId, numbers, masterId, [...hiddenGroupIds]],
  )
  return rows.map(({ number }) => ({ phrase: `#${number}`, kind: 'number' }))
}
