import type { KeyedWrite } from '@umbel/kernel'
import type { Scope, Transaction } from '@umbel/messaging'
import { answerOnce, type Database } from '@umbel/service-kit/store'
import { type BounceStore, bounceStore } from './bounce-store.ts'
import { type DestinationStore, destinationStore } from './destination-store.ts'
import { type HoldStore, holdStore } from './hold-store.ts'
import { type NoticeStore, noticeStore } from './notice-store.ts'
import { type NotificationStore, notificationStore } from './notification-store.ts'
import { type QueueStore, queueStore } from './queue-store.ts'
import { type RetryStore, retryStore } from './retry-store.ts'
import type { TellEndings } from './stream-store.ts'
import { type SuppressionStore, suppressionStore } from './suppression-store.ts'
import { type ThreadStore, threadStore } from './thread-store.ts'
import { type TellTripped, type TripStore, tripStore } from './trip-store.ts'
import { type WebhookQueue, webhookQueue } from './webhook-queue.ts'
import { type WebhookStore, webhookStore } from './webhook-store.ts'

/** Everything a command may do inside its one transaction. */
export interface Session {
  readonly workspaceId: string
  readonly notifications: NotificationStore
  readonly queue: QueueStore
  readonly holds: HoldStore
  readonly trips: TripStore
  readonly destinations: DestinationStore
  readonly threads: ThreadStore
  readonly retries: RetryStore
  readonly webhooks: WebhookStore
  readonly webhookQueue: WebhookQueue
  readonly suppressions: SuppressionStore
  readonly bounces: BounceStore
  readonly notices: NoticeStore
  /** Does the work once for its key; a repeat gets the stored answer. */
  once(write: KeyedWrite, work: () => Promise<Uint8Array>): Promise<Uint8Array>
}

/** One transaction inside the workspace; joins the one that the scope brings. */
export type Transact = <T>(scope: Scope, work: (session: Session) => Promise<T>) => Promise<T>

/** How what was done is told, in the transaction that does it. */
export interface Tells {
  readonly changed: TellEndings
  readonly tripped: TellTripped
}

export function createTransact(database: Database, tell: Tells): Transact {
  const session = (trx: Transaction, workspaceId: string): Session => ({
    workspaceId,
    notifications: notificationStore(trx, workspaceId, tell.changed),
    queue: queueStore(trx, workspaceId, tell.changed),
    holds: holdStore(trx, workspaceId),
    trips: tripStore(trx, workspaceId, tell.tripped),
    destinations: destinationStore(trx, workspaceId),
    threads: threadStore(trx, workspaceId),
    retries: retryStore(trx, workspaceId),
    webhooks: webhookStore(trx, workspaceId),
    webhookQueue: webhookQueue(trx, workspaceId),
    suppressions: suppressionStore(trx, workspaceId),
    bounces: bounceStore(trx, workspaceId, tell.changed),
    notices: noticeStore(trx, workspaceId),
    once: (write, work) => answerOnce(trx, write, work),
  })
  return ({ workspaceId, trx }, work) =>
    trx
      ? work(session(trx, workspaceId))
      : database.withWorkspace(workspaceId, (own) => work(session(own, workspaceId)))
}
