import type { KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { answerOnce, type Database, storedAnswer } from '@umbel/service-kit/store'

/** Does a keyed write once, in one transaction with its answer; a repeat gets the stored answer. */
export type Once = (write: KeyedWrite, work: (scope: Scope) => Promise<Uint8Array>) => Promise<Uint8Array>

export const createOnce =
  (database: Database): Once =>
  (write, work) =>
    database.withWorkspace(write.workspaceId, (trx) =>
      answerOnce(trx, write, () => work({ workspaceId: write.workspaceId, trx })),
    )

/** What a keyed write was answered before, if it was. */
export type Answered = (write: KeyedWrite) => Promise<Uint8Array | undefined>

export const createAnswered =
  (database: Database): Answered =>
  (write) =>
    database.withWorkspace(write.workspaceId, (trx) => storedAnswer(trx, write))
