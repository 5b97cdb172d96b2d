import { failpoint } from '@umbel/kernel/failpoint'
import { isUnmoved, type Operation } from '../domain/operation.ts'
import { leftUntil } from '../domain/pace.ts'
import type { Transact } from '../store/unit-of-work.ts'
import type { Workflows } from './ports.ts'

export interface LaunchDeps {
  readonly transact: Transact
  readonly workflows: Workflows
  /** How long a workflow is trusted to run before it is looked for, in ms. */
  readonly watchMs: number
  /** Told what could not be done now and is left to the sweep. */
  readonly leftBehind: (what: 'launch' | 'control', operationId: string, error: unknown) => void
}

export interface LaunchOperation {
  /** Starts the workflow by its id: twice is one run. */
  now(workspaceId: string, operation: Operation): Promise<void>
  /** The same, but what fails is left to the sweep. */
  soon(workspaceId: string, operation: Operation): Promise<void>
}

export function launchOperation({ transact, workflows, watchMs, leftBehind }: LaunchDeps): LaunchOperation {
  const now = async (workspaceId: string, operation: Operation) => {
    if (operation.launchedAt !== null || operation.acceptedAt === null || operation.closedAt !== null) return
    const { id, masterId, kind, lane, state, epoch, items } = operation
    const holdMs = await leftOfHold(transact, workspaceId, operation)
    const launch = { workspaceId, operationId: id, masterId, kind, lane, state, epoch, itemsTotal: items.total, holdMs }
    await workflows.start(launch)
    await failpoint('operation.launch.started')
    await transact({ workspaceId }, async ({ operations }) => {
      const locked = await operations.lock(id)
      if (locked) await operations.note(locked, launched(operation, locked, await operations.now(), watchMs))
    })
  }
  return {
    now,
    async soon(workspaceId, operation) {
      try {
        await now(workspaceId, operation)
      } catch (error) {
        leftBehind('launch', operation.id, error)
      }
    },
  }
}

// what was wanted before or meanwhile still wants to be carried to everybody: a launch alone does not settle it
const launched = (asked: Operation, locked: Operation, launchedAt: Date, watchMs: number) => ({
  launchedAt,
  watchAt: locked.closedAt === null ? new Date(launchedAt.getTime() + watchMs) : null,
  ...(asked.state === locked.state && isUnmoved(locked) && { attentionAt: null }),
})

async function leftOfHold(transact: Transact, workspaceId: string, operation: Operation): Promise<number> {
  if (operation.state !== 'holding') return 0
  const at = await transact({ workspaceId }, ({ operations }) => operations.now())
  return leftUntil(operation.holdEndsAt, at)
}
