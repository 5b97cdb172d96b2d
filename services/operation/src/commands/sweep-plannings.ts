import type { DueOperation } from '../store/due-operations.ts'
import type { Transact } from '../store/unit-of-work.ts'

const AT_ONCE = 20

export interface SweepPlanningsDeps {
  readonly transact: Transact
  readonly abandoned: (limit: number) => Promise<DueOperation[]>
}

/** Forgets what a crash left of plans that were still growing. Returns how many. */
export const sweepPlannings =
  ({ transact, abandoned }: SweepPlanningsDeps) =>
  async (): Promise<number> => {
    const found = await abandoned(AT_ONCE)
    for (const { workspaceId, operationId } of found)
      await transact({ workspaceId }, ({ plannings }) => plannings.discardAbandoned(operationId))
    return found.length
  }
