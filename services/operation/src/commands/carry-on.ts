import type { Operation } from '../domain/operation.ts'
import type { LaunchDeps, LaunchOperation } from './launch-operation.ts'
import type { SettleControl } from './settle-control.ts'

export interface CarryOnDeps {
  readonly launch: LaunchOperation
  readonly settle: SettleControl
  readonly leftBehind: LaunchDeps['leftBehind']
}

/** Launches what is not launched and carries to everybody what is wanted; what fails is due again soon. */
export const carryOn =
  ({ launch, settle, leftBehind }: CarryOnDeps) =>
  async (workspaceId: string, operation: Operation): Promise<void> => {
    try {
      await launch.now(workspaceId, operation)
      await settle.carry(workspaceId, operation)
      await settle.tell(workspaceId, operation)
    } catch (error) {
      leftBehind('control', operation.id, error)
    }
  }
