import { uuidArray } from '@umbel/messaging'
import type { Phrase } from '../domain/phrases/phrases.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

/** What names one requester, customer or ticket. */
export interface PhraseOwner {
  readonly ownerId: string
  readonly phrases: readonly Phrase[]
}

const given = 'jsonb_to_recordset(?::jsonb) as t (phrase text, owner_id uuid, kind text)'

export async function addPhrases(unit: Unit, owners: readonly PhraseOwner[]): Promise<void> {
  const rows = toRows(owners)
  if (rows.length === 0) return
  await rowsOf(
    unit,
    `insert into leak_phrase (workspace_id, phrase, owner_id, kind) select ?::uuid, t.* from ${given}
      order by t.phrase collate "C", t.owner_id on conflict do nothing`,
    [unit.workspaceId, recordset(rows)],
  )
}

// leak_phrase_of_owner
/** These owners are called so now, and nothing else any more. */
export async function replacePhrases(unit: Unit, owners: readonly PhraseOwner[]): Promise<void> {
  if (owners.length === 0) return
  await rowsOf(
    unit,
    `delete from leak_phrase p where p.workspace_id = ? and p.owner_id = any(?::uuid[])
      and not exists (select from ${given} where t.owner_id = p.owner_id and t.phrase = p.phrase and t.kind = p.kind)`,
    [unit.workspaceId, uuidArray(owners.map(({ ownerId }) => ownerId)), recordset(toRows(owners))],
  )
  await addPhrases(unit, owners)
}

const toRows = (owners: readonly PhraseOwner[]) =>
  owners.flatMap(({ ownerId, phrases }) => phrases.map(({ text, kind }) => ({ phrase: text, owner_id: ownerId, kind })))
