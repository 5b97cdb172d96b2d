import { addComment } from './commands/add-comment.ts'
import { addReply } from './commands/add-reply.ts'
import { applyOperationPage } from './commands/apply-operation-page.ts'
import { ensureWorkspace } from './commands/ensure-workspace.ts'
import { followUpstream, type UpstreamCounts } from './commands/follow-upstream.ts'
import { armOperation, haltOperation, resumeOperation } from './commands/move-fence.ts'
import { openTicket } from './commands/open-ticket.ts'
import { putAgent, putEntry, putRequester } from './commands/put-entry.ts'
import { setMasterRole, setPrimaryLinks } from './commands/set-primary-links.ts'
import { updateTicket } from './commands/update-ticket.ts'
import { checkComment, type FindLeaks } from './queries/check-comment.ts'
import { getOutgoing } from './queries/get-outgoing.ts'
import { getTicket } from './queries/get-ticket.ts'
import { getTicketIds } from './queries/get-ticket-ids.ts'
import { getTicketStates, streamTickets } from './queries/get-ticket-states.ts'
import { getWorkspace, listDirectory } from './queries/list-directory.ts'
import { listAudit, listComments } from './queries/list-thread.ts'
import { listTickets } from './queries/list-tickets.ts'
import { resolveActor } from './queries/resolve-actor.ts'
import type { Answered, Once } from './store/answer-once.ts'
import type { Read } from './store/read-side.ts'
import type { Transact } from './store/unit-of-work.ts'

export interface AppParts {
  readonly transact: Transact
  readonly read: Read
  readonly once: Once
  readonly answered: Answered
  readonly findLeaks: FindLeaks
  readonly counts: UpstreamCounts
}

/** Every command and query there is: the table of contents. */
export const createApp = ({ transact, read, once, answered, findLeaks, counts }: AppParts) => ({
  once,
  answered,
  openTicket: openTicket(transact),
  updateTicket: updateTicket(transact),
  addComment: addComment(transact),
  addReply: addReply(transact),
  setPrimaryLinks: setPrimaryLinks(transact),
  setMasterRole: setMasterRole(transact),
  armOperation: armOperation(transact),
  haltOperation: haltOperation(transact),
  resumeOperation: resumeOperation(transact),
  applyOperationPage: applyOperationPage(transact),
  followUpstream: followUpstream({ transact, counts }),
  ensureWorkspace: ensureWorkspace(transact),
  putAgent: putAgent(transact),
  putRequester: putRequester(transact),
  putEntry: putEntry(transact),
  checkComment: checkComment(read, findLeaks),
  getTicket: getTicket(read),
  getTicketIds: getTicketIds(read),
  listTickets: listTickets(read),
  listComments: listComments(read),
  listAudit: listAudit(read),
  getTicketStates: getTicketStates(read),
  streamTickets: streamTickets(read),
  resolveActor: resolveActor(read),
  getOutgoing: getOutgoing(read),
  listDirectory: listDirectory(read),
  getWorkspace: getWorkspace(read),
})

export type App = ReturnType<typeof createApp>
