import type { Transaction } from '@umbel/messaging'
import { row, touched } from '@umbel/service-kit/store'

export interface Fence {
  readonly epoch: bigint
  readonly halted: boolean
}

export interface FenceStore {
  /** The fence as it is, which a halt may change at any time. */
  read(operationId: string): Promise<Fence | undefined>
  /** The fence under a share lock: a halt waits for the end of this transaction. */
  share(operationId: string): Promise<Fence | undefined>
  /** Raises the fence, never over one that stands. */
  raise(operationId: string, epoch: bigint): Promise<{ readonly raised: boolean; readonly fence: Fence }>
  /** Moves the fence, only upwards: a late retry changes nothing. Waits for the pages that are about to commit. */
  move(operationId: string, fence: Fence): Promise<void>
}

interface FenceRow {
  readonly epoch: string
  readonly halted: boolean
}
const toFence = ({ epoch, halted }: FenceRow): Fence => ({ epoch: BigInt(epoch), halted })

export function fenceStore(trx: Transaction, workspaceId: string): FenceStore {
  // primary key
  const find = async (operationId: string, lock: string) => {
    const found = await row<FenceRow>(
      trx,
      `select epoch, halted from operation_fence where workspace_id = ? and operation_id = ? ${lock}`,
      [workspaceId, operationId],
    )
    return found && toFence(found)
  }
  return {
    read: (operationId) => find(operationId, ''),
    share: (operationId) => find(operationId, 'for share'),
    async raise(operationId, epoch) {
      const inserted = await touched(
        trx,
        `insert into operation_fence (workspace_id, operation_id, epoch, halted) values (?, ?, ?::bigint, false)
         on conflict do nothing`,
        [workspaceId, operationId, epoch.toString()],
      )
      const fence = await find(operationId, '')
      return { raised: inserted > 0, fence: fence ?? { epoch, halted: false } }
    },
    async move(operationId, { epoch, halted }) {
      await touched(
        trx,
        `insert into operation_fence as f (workspace_id, operation_id, epoch, halted) values (?, ?, ?::bigint, ?)
         on conflict (workspace_id, operation_id)
         do update set epoch = excluded.epoch, halted = excluded.halted where f.epoch < excluded.epoch`,
        [workspaceId, operationId, epoch.toString(), halted],
      )
    },
  }
}
