import type { KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { answerOnce, type Database } from '@umbel/service-kit/store'

/** Does a keyed write once, in one transaction with its answer; a repeat gets the stored answer. */
export type Once = (write: KeyedWrite, work: (scope: Scope) => Promise<Uint8Array>) => Promise<Uint8Array>

export const createOnce =
  (database: Database): Once =>
  (write, work) =>
    database.withWorkspace(write.workspaceId, (trx) =>
      answerOnce(trx, write, () => work({ workspaceId: write.workspaceId, trx })),
    )
