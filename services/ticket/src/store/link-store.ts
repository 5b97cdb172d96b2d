import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'

export interface PrimaryLink {
  readonly ticketId: string
  /** `null`: no master drives this ticket any more. */
  readonly primaryMasterId: string | null
  readonly linkId: string | null
  readonly linkVersion: bigint
}

export interface LinkStore {
  /** A higher link_version wins; returns the ids that exist. Neither version nor event nor audit entry is added. */
  setPrimaryLinks(links: readonly PrimaryLink[]): Promise<ReadonlySet<string>>
  /** A higher role_version wins; false where there is no such ticket. */
  setMasterRole(ticketId: string, master: boolean, roleVersion: bigint): Promise<boolean>
}

export function linkStore(trx: Transaction, workspaceId: string): LinkStore {
  return {
    setPrimaryLinks: (links) => setPrimaryLinks(trx, workspaceId, links),
    async setMasterRole(ticketId, master, roleVersion) {
      const known = await lockInOrder(trx, workspaceId, [ticketId])
      await touched(
        trx,
        `update ticket set master = ?, role_version = ?::bigint
         where workspace_id = ? and ticket_id = ? and role_version < ?::bigint`,
        [master, roleVersion.toString(), workspaceId, ticketId, roleVersion.toString()],
      )
      return known.has(ticketId)
    },
  }
}

// primary key
async function lockInOrder(trx: Transaction, workspaceId: string, ids: readonly string[]) {
  const found = await rows<{ ticket_id: string }>(
    trx,
    `select ticket_id from ticket where workspace_id = ? and ticket_id = any(?::uuid[])
     order by ticket_id for no key update`,
    [workspaceId, ids],
  )
  return new Set(found.map(({ ticket_id: id }) => id))
}

// primary key; the rows are locked in id order first, so that a page and this cannot deadlock. What was synced from one
// master says nothing about another.
async function setPrimaryLinks(trx: Transaction, workspaceId: string, links: readonly PrimaryLink[]) {
  const ids = links.map(({ ticketId }) => ticketId)
  const known = await lockInOrder(trx, workspaceId, ids)
  await touched(
    trx,
    `update ticket t set primary_master_id = u.master, link_id = u.link, link_version = u.version,
       synced_versions = case when t.primary_master_id = u.master then t.synced_versions else '{}' end
     from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::bigint[]) as u(id, master, link, version)
     where t.workspace_id = ? and t.ticket_id = any(?::uuid[]) and t.ticket_id = u.id and t.link_version < u.version`,
    [
      ids,
      links.map(({ primaryMasterId }) => primaryMasterId),
      links.map(({ linkId }) => linkId),
      links.map(({ linkVersion }) => linkVersion.toString()),
      workspaceId,
      ids,
    ],
  )
  return known
}
