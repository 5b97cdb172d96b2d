import { notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Caller } from '../store/actor-store.ts'
import type { PrimaryLink } from '../store/link-store.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { requireAtMost, requireService } from './acting.ts'

const MAX_LINKS = 1_000

/** Which master drives these tickets; a higher version wins, whatever order calls arrive in. Returns unknown ids. */
export const setPrimaryLinks =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, links: readonly PrimaryLink[]): Promise<readonly string[]> =>
    transact(scope, async (session) => {
      requireService(caller)
      requireAtMost(MAX_LINKS, links, 'links')
      const known = await session.links.setPrimaryLinks(latest(links.filter(({ ticketId }) => isId(ticketId))))
      return [...new Set(links.map(({ ticketId }) => ticketId))].filter((id) => !known.has(id))
    })

/** Marks or unmarks a master; a higher version wins. */
export const setMasterRole =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, role: { ticketId: string; master: boolean; roleVersion: bigint }): Promise<void> =>
    transact(scope, async (session) => {
      requireService(caller)
      const known = isId(role.ticketId)
        ? await session.links.setMasterRole(role.ticketId, role.master, role.roleVersion)
        : false
      if (!known) throw notFound('not-found', 'no such ticket in this workspace')
    })

/** One per ticket: one statement cannot move a row twice. */
function latest(links: readonly PrimaryLink[]): PrimaryLink[] {
  const byTicket = new Map<string, PrimaryLink>()
  for (const link of links) {
    const other = byTicket.get(link.ticketId)
    if (!other || other.linkVersion < link.linkVersion) byTicket.set(link.ticketId, link)
  }
  return [...byTicket.values()]
}
