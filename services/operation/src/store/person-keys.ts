import { byteaArray, type Transaction, uuidArray } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import { newPersonKey } from './sealed-leaf.ts'

export interface PersonKeys {
  /**
   * A key for each requester, made where there was none. Somebody whose key was destroyed gets one that is kept
   * nowhere: what is written about them from now on can be read by nobody. Empty ids have no key.
   */
  forWriting(requesterIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /** The keys that still exist. */
  existing(requesterIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /** Destroys the key, or sees to it that there never is one. Returns whether it did so only now. */
  destroy(requesterId: string, reason: string): Promise<boolean>
}

export function personKeys(trx: Transaction, workspaceId: string): PersonKeys {
  const select = async (ids: readonly string[]) => {
    // primary key
    const found = await rows<{ requester_id: string; key: Buffer | null }>(
      trx,
      'select requester_id, key from person_key where workspace_id = ? and requester_id = any (?::uuid[])',
      [workspaceId, uuidArray([...ids])],
    )
    return new Map(found.map(({ requester_id, key }) => [requester_id, key]))
  }
  /** Makes keys; somebody else may have made some of them meanwhile, and those stand. */
  const add = async (ids: readonly string[]) => {
    const added = rows(
      trx,
      `insert into person_key (workspace_id, requester_id, key)
       select ?, requester_id, key from unnest(?::uuid[], ?::bytea[]) as fresh (requester_id, key)
       on conflict do nothing`,
      [workspaceId, uuidArray(ids), byteaArray(ids.map(newPersonKey))],
    )
    const [, stand] = await Promise.all([added, select(ids)])
    return stand
  }
  return {
    async forWriting(requesterIds) {
      const ids = [...new Set(requesterIds.filter((id) => id !== ''))].sort() // in order: two pages cannot wait for each other
      if (ids.length === 0) return new Map()
      const known = await select(ids)
      const missing = ids.filter((id) => !known.has(id))
      if (missing.length > 0) for (const [id, key] of await add(missing)) known.set(id, key)
      return new Map(ids.map((id) => [id, known.get(id) ?? newPersonKey()]))
    },
    async existing(requesterIds) {
      const known = await select([...new Set(requesterIds.filter((id) => id !== ''))])
      return new Map([...known].flatMap(([id, key]) => (key === null ? [] : [[id, key]])))
    },
    async destroy(requesterId, reason) {
      // primary key
      const destroyed = await row<{ requester_id: string }>(
        trx,
        `insert into person_key as k (workspace_id, requester_id, key, destroyed_at, reason)
         values (?, ?, null, clock_timestamp(), ?)
         on conflict (workspace_id, requester_id)
         do update set key = null, destroyed_at = excluded.destroyed_at, reason = excluded.reason where k.key is not null
         returning requester_id`,
        [workspaceId, requesterId, reason],
      )
      return destroyed !== undefined
    },
  }
}
