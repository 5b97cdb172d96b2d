import { acknowledgeLinks, type Waiting, waitingLinks } from '../store/primary-links.ts'
import { acknowledgeRole, unpushedRoles } from '../store/roles.ts'
import type { Deps } from './deps.ts'

const PAGE = 1_000

/** Tells ticket which masters drive its tickets now; a link is acknowledged to nobody before this has answered. */
export const pushLinks =
  ({ transact, tickets }: Pick<Deps, 'transact' | 'tickets'>) =>
  async (workspaceId: string, waiting: Waiting): Promise<void> => {
    for (;;) {
      const links = await transact(workspaceId, (unit) => waitingLinks(unit, waiting, PAGE))
      if (links.length === 0) return
      await tickets.setPrimaryLinks(workspaceId, links)
      await transact(workspaceId, (unit) => acknowledgeLinks(unit, links))
    }
  }

/** Tells ticket who is a master now. */
export const pushRoles =
  ({ transact, tickets }: Pick<Deps, 'transact' | 'tickets'>) =>
  async (workspaceId: string, ticketIds: readonly string[]): Promise<void> => {
    const roles = await transact(workspaceId, (unit) => unpushedRoles(unit, ticketIds))
    for (const role of roles) {
      await tickets.setMasterRole(workspaceId, role)
      await transact(workspaceId, (unit) => acknowledgeRole(unit, role))
    }
  }
