import type { KeyedWrite } from '@umbel/kernel'
import type { Scope, Transaction } from '@umbel/messaging'
import { answerOnce, type Database, storedAnswer } from '@umbel/service-kit/store'
import { type AgainStore, againStore } from './again-store.ts'
import { type CatchUpStore, catchUpStore } from './catch-up-store.ts'
import { type ChangeStore, changeStore } from './change-store.ts'
import { type ItemStore, itemStore } from './item-store.ts'
import { type NotificationStore, notificationStore } from './notification-store.ts'
import { type OperationStore, operationStore, type Tell } from './operation-store.ts'
import { packed, unpacked } from './packed.ts'
import { type PersonKeys, personKeys } from './person-keys.ts'
import { type PlanningStore, planningStore } from './planning-store.ts'
import { type QueueStore, queueStore } from './queue-store.ts'
import { recordStanding } from './record-standing.ts'
import { type RecordStore, recordStore } from './record-store.ts'
import { type SettingsStore, settingsStore } from './settings-store.ts'

/** Everything a command may do inside its one transaction. */
export interface Session {
  readonly workspaceId: string
  readonly operations: OperationStore
  readonly items: ItemStore
  readonly notifications: NotificationStore
  readonly again: AgainStore
  readonly queue: QueueStore
  readonly changes: ChangeStore
  readonly record: RecordStore
  readonly keys: PersonKeys
  readonly plannings: PlanningStore
  readonly catchUps: CatchUpStore
  readonly settings: SettingsStore
  /** What this very write was answered before; undefined: it was not. */
  answered<T>(write: KeyedWrite): Promise<T | undefined>
  /** Does the work once for its key; a repeat gets the stored answer. */
  once<T>(write: KeyedWrite, work: () => Promise<T>): Promise<T>
}

/** One transaction inside the workspace; joins the one that the scope brings. */
export type Transact = <T>(scope: Scope, work: (session: Session) => Promise<T>) => Promise<T>

export function createTransact(database: Database, tell: Tell): Transact {
  const tellAndRecord: Tell = async (trx, telling) => {
    await tell(trx, telling)
    await recordStanding(recordStore(trx, telling.workspaceId), telling)
  }
  const session = (trx: Transaction, workspaceId: string): Session => ({
    workspaceId,
    operations: operationStore(trx, workspaceId, tellAndRecord),
    items: itemStore(trx, workspaceId),
    notifications: notificationStore(trx, workspaceId),
    again: againStore(trx, workspaceId),
    queue: queueStore(trx, workspaceId),
    changes: changeStore(trx, workspaceId),
    record: recordStore(trx, workspaceId),
    keys: personKeys(trx, workspaceId),
    plannings: planningStore(trx, workspaceId),
    catchUps: catchUpStore(trx, workspaceId),
    settings: settingsStore(trx, workspaceId),
    answered: async <T>(write: KeyedWrite) => {
      const answer = await storedAnswer(trx, write)
      return answer && unpacked<T>(answer)
    },
    once: async <T>(write: KeyedWrite, work: () => Promise<T>) =>
      unpacked<T>(await answerOnce(trx, write, async () => packed(await work()))),
  })
  return ({ workspaceId, trx }, work) =>
    trx
      ? work(session(trx, workspaceId))
      : database.withWorkspace(workspaceId, (own) => work(session(own, workspaceId)))
}
