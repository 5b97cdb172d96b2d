import type { Actor } from '@umbel/kernel'
import { addChildren } from './commands/add-children.ts'
import { applyTicketEvents } from './commands/apply-ticket-events.ts'
import { type CheckDeps, checkRollups } from './commands/check-rollups.ts'
import { convertToMaster } from './commands/convert-to-master.ts'
import { createFollowUps } from './commands/create-follow-ups.ts'
import { demoteMaster } from './commands/demote-master.ts'
import { indexDirectory } from './commands/index-directory.ts'
import { learnTickets, refreshTickets } from './commands/learn-tickets.ts'
import { addLink, removeLink } from './commands/links.ts'
import { resumeSaga } from './commands/master-saga.ts'
import { openMaster } from './commands/open-master.ts'
import { pushLinks, pushRoles } from './commands/push-to-ticket.ts'
import { removeChildren } from './commands/remove-children.ts'
import { addResource, removeResource } from './commands/resources.ts'
import { findLeaks } from './queries/find-leaks.ts'
import { getMaster, listMasters } from './queries/get-master.ts'
import { listChildren } from './queries/list-children.ts'
import { listLinks, listResources } from './queries/list-links.ts'
import { keepRuns } from './store/running-operations.ts'
import { keepSla } from './store/ticket-sla.ts'

export interface AppDeps extends CheckDeps {
  readonly resolveActor: (workspaceId: string, actorId: string) => Promise<Actor>
  readonly onImpossible: (count: number) => void
}

/** Every command and query, with what it needs handed in. */
export function createApp(deps: AppDeps) {
  const reads = { transact: deps.transact, learn: learnTickets(deps) }
  return {
    openMaster: openMaster(deps),
    convertToMaster: convertToMaster(deps),
    demoteMaster: demoteMaster(deps),
    addChildren: addChildren(deps),
    createFollowUps: createFollowUps(deps),
    removeChildren: removeChildren(deps),
    addLink: addLink(deps),
    removeLink: removeLink(deps),
    addResource: addResource(deps),
    removeResource: removeResource(deps),
    checkRollups: checkRollups(deps),
    applyTicketEvents: applyTicketEvents(deps),
    refreshTickets: refreshTickets(deps),
    indexDirectory,
    followSla: keepSla,
    followOperations: keepRuns,
    resumeSaga: resumeSaga(deps),
    pushLinks: pushLinks(deps),
    pushRoles: pushRoles(deps),
    findLeaks: findLeaks(reads),
    getMaster: getMaster(reads),
    listMasters: listMasters(reads),
    listChildren: listChildren(reads),
    listLinks: listLinks(reads),
    listResources: listResources(reads),
  }
}

export type App = ReturnType<typeof createApp>
