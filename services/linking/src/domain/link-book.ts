import type { Cause } from './cause.ts'
import type { ActiveLink, Book } from './link.ts'

/** A link that began or ended, in the order in which it happened. */
export interface LinkChange {
  readonly link: ActiveLink
  readonly ended: boolean
  readonly cause: Cause
  readonly occurredAt: Date
}

export interface RoleChange {
  readonly ticketId: string
  readonly master: boolean
  readonly cause: Cause
  /** Why a master was demoted; empty otherwise. */
  readonly reason: string
}

export type Why = Pick<LinkChange, 'cause' | 'occurredAt'>

/** The roles and links of the locked tickets, moved in memory; what changed is saved in one go. */
export interface LinkBook extends Book {
  readonly changes: readonly LinkChange[]
  readonly roleChanges: readonly RoleChange[]
  begin(link: ActiveLink, why: Why): void
  end(link: ActiveLink, why: Why): void
  setMaster(change: RoleChange): void
}

export function openBook(masters: Iterable<string>, links: Iterable<ActiveLink>): LinkBook {
  const isMaster = new Set(masters)
  const active = new Map<string, ActiveLink[]>()
  const changes: LinkChange[] = []
  const roleChanges: RoleChange[] = []
  const linksOf = (ticketId: string) => active.get(ticketId) ?? []
  const add = (link: ActiveLink) => active.set(link.ticketId, [...linksOf(link.ticketId), link])
  for (const link of links) add(link)
  return {
    changes,
    roleChanges,
    linksOf,
    isMaster: (ticketId) => isMaster.has(ticketId),
    begin(link, why) {
      add(link)
      changes.push({ link, ended: false, ...why })
    },
    end(link, why) {
      active.set(
        link.ticketId,
        linksOf(link.ticketId).filter(({ linkId }) => linkId !== link.linkId),
      )
      changes.push({ link, ended: true, ...why })
    },
    setMaster(change) {
      if (change.master) isMaster.add(change.ticketId)
      else isMaster.delete(change.ticketId)
      roleChanges.push(change)
    },
  }
}
