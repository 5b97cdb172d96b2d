import { type Actor, authorize, refused } from '@umbel/kernel'
import type { Transact } from '../store/unit-of-work.ts'

export interface RetryCause {
  readonly actor: Actor
  readonly workspaceId: string
  readonly operationId: string
  /** Higher than of any retry before; what this epoch made due is not made due by it again. */
  readonly epoch: bigint
}

const PAGE = 1_000

/**
 * Makes the failed mails of an operation due again, a page in each transaction; they keep their Message-IDs. Under a
 * hold they wait with the rest. What was sent, skipped or suppressed stays. Returns how many, and calls `due` then;
 * throws `refused` (`operation-cancelled`).
 */
export const retryCause =
  (transact: Transact, due: () => void) =>
  async ({ actor, workspaceId, operationId, epoch }: RetryCause): Promise<number> => {
    authorize(actor, 'control-operation')
    let retried = 0
    for (;;) {
      const moved = await transact({ workspaceId }, async ({ holds, retries }) => {
        const mode = await holds.lock(operationId)
        if (mode === 'withheld') throw refused('operation-cancelled', 'a cancelled operation sends nothing any more')
        return retries.again(operationId, epoch, mode, PAGE)
      })
      retried += moved
      if (moved < PAGE) break
    }
    if (retried > 0) due()
    return retried
  }
