import type { Scope, Transaction } from '@umbel/messaging'
import type { Database } from '@umbel/service-kit/store'
import { type HoldStore, holdStore } from './hold-store.ts'
import { type NotificationStore, notificationStore } from './notification-store.ts'
import { type QueueStore, queueStore } from './queue-store.ts'
import type { TellChanges } from './stream-store.ts'
import { type ThreadStore, threadStore } from './thread-store.ts'

/** Everything a command may do inside its one transaction. */
export interface Session {
  readonly workspaceId: string
  readonly notifications: NotificationStore
  readonly queue: QueueStore
  readonly holds: HoldStore
  readonly threads: ThreadStore
}

/** One transaction inside the workspace; joins the one that the scope brings. */
export type Transact = <T>(scope: Scope, work: (session: Session) => Promise<T>) => Promise<T>

export function createTransact(database: Database, tell: TellChanges): Transact {
  const session = (trx: Transaction, workspaceId: string): Session => ({
    workspaceId,
    notifications: notificationStore(trx, workspaceId, tell),
    queue: queueStore(trx, workspaceId, tell),
    holds: holdStore(trx, workspaceId),
    threads: threadStore(trx, workspaceId),
  })
  return ({ workspaceId, trx }, work) =>
    trx
      ? work(session(trx, workspaceId))
      : database.withWorkspace(workspaceId, (own) => work(session(own, workspaceId)))
}
