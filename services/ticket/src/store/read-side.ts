import type { Scope, Transaction } from '@umbel/messaging'
import type { Database } from '@umbel/service-kit/store'
import { type Caller, type KnownActor, loadActor, loadAgent } from './actor-store.ts'
import { type AuditRead, auditRead } from './audit-read.ts'
import { type CommentRead, commentRead } from './comment-read.ts'
import { type DirectoryRead, directoryRead } from './directory-read.ts'
import { type NamesRead, namesRead } from './names-read.ts'
import { type OutgoingRead, outgoingRead } from './outgoing-read.ts'
import { type TicketRead, ticketRead } from './ticket-read.ts'
import { type WorkspaceStore, workspaceStore } from './workspace-store.ts'

/** Everything a query may read, in one transaction inside the workspace. */
export interface ReadSession {
  readonly tickets: TicketRead
  readonly comments: CommentRead
  readonly audit: AuditRead
  readonly outgoing: OutgoingRead
  readonly directory: DirectoryRead
  readonly names: NamesRead
  readonly workspace: Pick<WorkspaceStore, 'get'>
  actor(caller: Caller): Promise<KnownActor>
  agent(agentId: string): Promise<KnownActor | undefined>
}

export type Read = <T>(scope: Scope, work: (session: ReadSession) => Promise<T>) => Promise<T>

export function createRead(database: Database): Read {
  const session = (trx: Transaction, workspaceId: string): ReadSession => ({
    tickets: ticketRead(trx, workspaceId),
    comments: commentRead(trx, workspaceId),
    audit: auditRead(trx, workspaceId),
    outgoing: outgoingRead(trx, workspaceId),
    directory: directoryRead(trx, workspaceId),
    names: namesRead(trx, workspaceId),
    workspace: workspaceStore(trx, workspaceId),
    actor: (caller) => loadActor(trx, workspaceId, caller),
    agent: (agentId) => loadAgent(trx, workspaceId, agentId),
  })
  return ({ workspaceId, trx }, work) =>
    trx
      ? work(session(trx, workspaceId))
      : database.withWorkspace(workspaceId, (own) => work(session(own, workspaceId)))
}
