import { isUmbelError } from '@umbel/kernel'
import { answerOnce, type Database, storedAnswer } from '@umbel/service-kit/store'
import type { Unit } from './sql.ts'

const TRIES = 3

/** One transaction in one workspace. Locks that were overtaken are taken again, up to three times. */
export type Transact = <T>(workspaceId: string, work: (unit: Unit) => Promise<T>) => Promise<T>

export const createTransact =
  (database: Database): Transact =>
  async (workspaceId, work) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await database.withWorkspace(workspaceId, (trx) => work({ workspaceId, trx }))
      } catch (error) {
        if (tried === TRIES || !isUmbelError(error) || error.slug !== 'links-moved') throw error
      }
    }
  }

/** What makes a repeated write known. */
export interface Idempotency {
  readonly key: string
  readonly digest: Uint8Array
}

interface NamedWrite extends Idempotency {
  readonly rpc: string
  readonly actorId: string
}

/** What a write was answered before, if it was. Throws `idempotency-key-reused`, before anything is done, for another one. */
export async function answered<T>({ workspaceId, trx }: Unit, write: NamedWrite): Promise<T | undefined> {
  const answer = await storedAnswer(trx, { workspaceId, ...write })
  return answer && JSON.parse(Buffer.from(answer).toString('utf8'))
}

/** Does a write once; a repeat gets the stored answer, which must be plain JSON. */
export async function once<T>(
  { workspaceId, trx }: Unit,
  { rpc, actorId, key, digest }: NamedWrite,
  work: () => Promise<T>,
): Promise<T> {
  const encode = async () => Buffer.from(JSON.stringify(await work()))
  const answer = await answerOnce(trx, { workspaceId, actorId, rpc, key, digest }, encode)
  return JSON.parse(Buffer.from(answer).toString('utf8'))
}
