import { textArray } from '@umbel/messaging'
import type { ExternalId } from '../domain/ticket.ts'
import { recordset, rowsOf, type Unit } from './sql.ts'

export interface Identity extends ExternalId {
  readonly ticketId: string
}

interface Row {
  source: string
  external_id: string
  ticket_id: string
}

/** Said beside the join: without it a plan made while the table was small reads all names of the workspace. */
const among = 'e.source = any(?::text[]) and e.external_id = any(?::text[])'
const columnsOf = (names: readonly ExternalId[]) => [
  textArray(names.map(({ source }) => source)),
  textArray(names.map(({ id }) => id)),
]

/** Remembers which ticket a source means by its ids; gives back those that were not known before. */
export async function learnIdentities(unit: Unit, identities: readonly Identity[]): Promise<Identity[]> {
  if (identities.length === 0) return []
  const rows = await rowsOf<Row>(
    unit,
    `insert into external_identity (workspace_id, source, external_id, ticket_id)
      select ?::uuid, t.source, t.id, t."ticketId" from jsonb_to_recordset(?::jsonb) as t (source text, id text, "ticketId" uuid)
      where not exists (select from external_identity e
        where e.workspace_id = ? and ${among} and e.source = t.source and e.external_id = t.id)
      order by t.source, t.id
      on conflict do nothing
      returning source, external_id, ticket_id`,
    [unit.workspaceId, recordset(identities), unit.workspaceId, ...columnsOf(identities)],
  )
  return rows.map(toIdentity)
}

/** The tickets that sources mean by these ids, as far as they have been seen. */
export async function findIdentities(unit: Unit, ids: readonly ExternalId[]): Promise<Identity[]> {
  if (ids.length === 0) return []
  const rows = await rowsOf<Row>(
    unit,
    `select e.source, e.external_id, e.ticket_id
      from jsonb_to_recordset(?::jsonb) as t (source text, id text)
      join external_identity e on e.workspace_id = ? and ${among} and e.source = t.source and e.external_id = t.id`,
    [recordset(ids), unit.workspaceId, ...columnsOf(ids)],
  )
  return rows.map(toIdentity)
}

const toIdentity = (row: Row): Identity => ({ source: row.source, id: row.external_id, ticketId: row.ticket_id })
