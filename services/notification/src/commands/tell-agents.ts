import type { Scope } from '@umbel/messaging'
import { type NewNotice, noticeOf, type OperationStanding } from '../domain/notice.ts'
import type { Transact } from '../store/unit-of-work.ts'

/** One line for each operation that ended, or that the house paused, to who started it; later counts replace earlier ones. */
export const tellAgents =
  (transact: Transact) =>
  async (scope: Scope, told: readonly OperationStanding[]): Promise<void> => {
    const latest = new Map<string, NewNotice>()
    for (const standing of told) {
      const notice = noticeOf(scope.workspaceId, standing)
      if (notice !== undefined) latest.set(notice.id, notice)
    }
    if (latest.size > 0) await transact(scope, ({ notices }) => notices.put([...latest.values()]))
  }
