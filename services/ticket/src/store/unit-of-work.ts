import type { Scope, Transaction } from '@umbel/messaging'
import type { Database } from '@umbel/service-kit/store'
import { type Caller, type KnownActor, loadActor, loadAgent, loadAgents } from './actor-store.ts'
import { type CommentRead, commentRead } from './comment-read.ts'
import { type DirectoryRead, directoryRead } from './directory-read.ts'
import { type DirectoryStore, directoryStore, type TellDirectory } from './directory-store.ts'
import { type EffectStore, effectStore } from './effect-store.ts'
import { type FenceStore, fenceStore } from './fence-store.ts'
import { type LinkStore, linkStore } from './link-store.ts'
import { type NamesRead, namesRead } from './names-read.ts'
import { type OutgoingRead, outgoingRead } from './outgoing-read.ts'
import { saveChanges, type TellChange } from './save-changes.ts'
import { type TicketStore, ticketStore } from './ticket-store.ts'
import { type UpstreamStore, upstreamStore } from './upstream-store.ts'
import { type WorkspaceStore, workspaceStore } from './workspace-store.ts'

/** Everything a command may do inside its one transaction. */
export interface Session {
  readonly workspaceId: string
  readonly tickets: TicketStore
  readonly directory: DirectoryStore
  readonly workspace: WorkspaceStore
  readonly fence: FenceStore
  readonly effects: EffectStore
  readonly links: LinkStore
  readonly upstream: UpstreamStore
  readonly comments: CommentRead
  readonly outgoing: OutgoingRead
  readonly entries: DirectoryRead
  readonly names: NamesRead
  /** Who calls, with the rights of this moment. */
  actor(caller: Caller): Promise<KnownActor>
  /** An agent by id, as the directory knows it now. */
  agent(agentId: string): Promise<KnownActor | undefined>
  agents(agentIds: readonly string[]): Promise<ReadonlyMap<string, KnownActor>>
}

/** One transaction inside the workspace; joins the one that the scope brings. */
export type Transact = <T>(scope: Scope, work: (session: Session) => Promise<T>) => Promise<T>

export interface Tellers {
  readonly change: TellChange
  readonly directory: TellDirectory
}

export function createTransact(database: Database, tell: Tellers): Transact {
  const save = saveChanges(tell.change)
  const session = (trx: Transaction, workspaceId: string): Session => ({
    workspaceId,
    tickets: ticketStore(trx, workspaceId, save),
    directory: directoryStore(trx, workspaceId, tell.directory),
    workspace: workspaceStore(trx, workspaceId),
    fence: fenceStore(trx, workspaceId),
    effects: effectStore(trx, workspaceId),
    links: linkStore(trx, workspaceId),
    upstream: upstreamStore(trx, workspaceId),
    comments: commentRead(trx, workspaceId),
    outgoing: outgoingRead(trx, workspaceId),
    entries: directoryRead(trx, workspaceId),
    names: namesRead(trx, workspaceId),
    actor: (caller) => loadActor(trx, workspaceId, caller),
    agent: (agentId) => loadAgent(trx, workspaceId, agentId),
    agents: (agentIds) => loadAgents(trx, workspaceId, agentIds),
  })
  return ({ workspaceId, trx }, work) =>
    trx
      ? work(session(trx, workspaceId))
      : database.withWorkspace(workspaceId, (own) => work(session(own, workspaceId)))
}
