import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { CauseMode } from '../domain/notification.ts'

/** How many attempts of an operation's mails have a result, and how many of those failed for good. */
export interface Tally {
  readonly results: number
  readonly failed: number
}

export interface HoldStore {
  /**
   * What these operations may send, under a share lock that lasts until the commit: a hold that is on its way waits for
   * whoever has asked. An operation nobody has heard of is open, and gets a row to be locked.
   */
  share(operationIds: readonly string[]): Promise<ReadonlyMap<string, CauseMode>>
  /** Moves the mode where the epoch is higher than the stored one. Returns the mode that stands now. */
  set(operationId: string, epoch: bigint, mode: CauseMode): Promise<CauseMode>
  /** The mode that rows are to follow, under a lock that keeps senders and other sweeps out until the commit. */
  lock(operationId: string): Promise<CauseMode>
  markSwept(operationId: string): Promise<void>
  tally(operationId: string): Promise<Tally>
  /** Holds an operation that is open, under the epoch it has. The caller has its lock. */
  trip(operationId: string): Promise<void>
  /** How many sends are in flight: leased, and the lease has not run out. */
  inFlight(operationId: string): Promise<number>
}

export function holdStore(trx: Transaction, workspaceId: string): HoldStore {
  return {
    share: (operationIds) => share(trx, workspaceId, operationIds),
    set: (operationId, epoch, mode) => setMode(trx, workspaceId, operationId, epoch, mode),
    async lock(operationId) {
      const [found] = await rows<{ mode: CauseMode }>(
        trx,
        'select mode from cause_hold where workspace_id = ? and operation_id = ? for update',
        [workspaceId, operationId],
      )
      return found?.mode ?? 'open'
    },
    async markSwept(operationId) {
      await touched(trx, 'update cause_hold set swept = true where workspace_id = ? and operation_id = ?', [
        workspaceId,
        operationId,
      ])
    },
    async tally(operationId) {
      const [found] = await rows<{ results: string; failed: string }>(
        trx,
        'select results, failed from cause_tally where workspace_id = ? and operation_id = ?',
        [workspaceId, operationId],
      )
      return { results: Number(found?.results ?? 0), failed: Number(found?.failed ?? 0) }
    },
    async trip(operationId) {
      await touched(
        trx,
        "update cause_hold set mode = 'held', swept = false where workspace_id = ? and operation_id = ? and mode = 'open'",
        [workspaceId, operationId],
      )
    },
    async inFlight(operationId) {
      const [found] = await rows<{ n: string }>(
        trx,
        'select count(*) as n from lease where workspace_id = ? and operation_id = ? and until > clock_timestamp()',
        [workspaceId, operationId],
      )
      return Number(found?.n ?? 0)
    },
  }
}

async function share(trx: Transaction, workspaceId: string, operationIds: readonly string[]) {
  const asked = [...new Set(operationIds)].sort()
  if (asked.length === 0) return new Map<string, CauseMode>()
  const known = await lockShared(trx, workspaceId, asked)
  const missing = asked.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  await touched(
    trx,
    `insert into cause_hold (workspace_id, operation_id, epoch, mode, swept)
     select ?::uuid, id, 0, 'open', true from unnest(?::uuid[]) as id order by id on conflict do nothing`,
    [workspaceId, missing],
  )
  return lockShared(trx, workspaceId, asked)
}

async function lockShared(trx: Transaction, workspaceId: string, operationIds: readonly string[]) {
  const found = await rows<{ operation_id: string; mode: CauseMode }>(
    trx,
    `select operation_id, mode from cause_hold where workspace_id = ? and operation_id = any(?::uuid[])
      order by operation_id for share`,
    [workspaceId, operationIds],
  )
  return new Map(found.map(({ operation_id, mode }) => [operation_id, mode]))
}

async function setMode(trx: Transaction, workspaceId: string, operationId: string, epoch: bigint, mode: CauseMode) {
  await touched(
    trx,
    `insert into cause_hold as h (workspace_id, operation_id, epoch, mode, swept) values (?, ?, ?, ?, false)
         on conflict (workspace_id, operation_id) do update
        set epoch = excluded.epoch, mode = excluded.mode, swept = false where h.epoch < excluded.epoch`,
    [workspaceId, operationId, String(epoch), mode],
  )
  // whoever lets it go on knows what failed: it is watched anew
  if (mode === 'open')
    await touched(
      trx,
      `update cause_tally t set results = 0, failed = 0 from cause_hold h
        where t.workspace_id = ? and t.operation_id = ? and h.workspace_id = t.workspace_id
          and h.operation_id = t.operation_id and h.epoch = ?::bigint`,
      [workspaceId, operationId, String(epoch)],
    )
  const [stands] = await rows<{ mode: CauseMode }>(
    trx,
    'select mode from cause_hold where workspace_id = ? and operation_id = ?',
    [workspaceId, operationId],
  )
  return stands?.mode ?? mode
}
