import type { Operation } from '../domain/operation.ts'
import type { DueOperation } from '../store/due-attention.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { attentionFrom } from './attention.ts'
import type { LaunchDeps, LaunchOperation } from './launch-operation.ts'
import type { SettleControl } from './settle-control.ts'

const AT_ONCE = 50

export interface SweepDeps {
  readonly transact: Transact
  readonly due: (limit: number) => Promise<DueOperation[]>
  readonly launch: LaunchOperation
  readonly settle: SettleControl
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Launches what a crash left unlaunched and carries on what a control change did not get done. Returns how many. */
export const sweepOperations = (deps: SweepDeps) => async (): Promise<number> => {
  const due = await deps.due(AT_ONCE)
  for (const { workspaceId, operationId } of due) {
    const operation = await claim(deps, workspaceId, operationId)
    if (operation === undefined) continue
    try {
      await deps.launch.now(workspaceId, operation)
      await deps.settle(workspaceId, operation)
    } catch (error) {
      deps.leftBehind('control', operationId, error) // due again soon; the others have their turn
    }
  }
  return due.length
}

/** Puts the next look off, so that a second sweep meets something else. */
const claim = ({ transact }: SweepDeps, workspaceId: string, operationId: string): Promise<Operation | undefined> =>
  transact({ workspaceId }, async ({ operations }) => {
    const operation = await operations.lock(operationId)
    const at = await operations.now()
    if (!operation?.attentionAt || operation.attentionAt > at) return undefined
    return operations.note(operation, { attentionAt: attentionFrom(at) })
  })
