import type { Transact } from '../store/unit-of-work.ts'

const PAGE = 1_000

/**
 * Moves an operation's rows to where its mode wants them, a page in each transaction. False: the time ran out first,
 * and the background goes on.
 */
export const sweepCause =
  (transact: Transact) =>
  async (workspaceId: string, operationId: string, budgetMs: number): Promise<boolean> => {
    const deadline = performance.now() + budgetMs
    while (performance.now() < deadline) {
      const more = await transact({ workspaceId }, async ({ holds, queue }) => {
        const moved = await queue.follow(operationId, await holds.lock(operationId), PAGE)
        if (!moved) await holds.markSwept(operationId)
        return moved
      })
      if (!more) return true
    }
    return false
  }
