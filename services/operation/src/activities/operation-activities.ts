import { Context } from '@temporalio/activity'
import { assertNever } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { newId } from '@umbel/kernel/ids'
import type { OperationActivities } from '@umbel/workflows/activities'
import type { OperationRef, OperationView, OperatorCommand } from '@umbel/workflows/client'
import type { App } from '../app.ts'
import { OPERATOR } from '../commands/acting.ts'
import type { Operation } from '../domain/operation.ts'
import { toFailure } from '../failure.ts'

/** Temporal → commands: they heartbeat and decide nothing. */
export const operationActivities = (app: App): OperationActivities => ({
  runSlice: ({ workspaceId, operationId }) =>
    asFailure(async () => {
      const { heartbeat, cancellationSignal: signal } = Context.current()
      const end = await app.runSlice(workspaceId, operationId, { signal, beat: () => heartbeat() })
      await failpoint('operation.slice.ended')
      const { halted, waitMs } = end
      return { ...(await viewOf(app, workspaceId, end.operation)), halted, waitMs }
    }),
  commandOperation: (command) =>
    asFailure(async () => {
      const operation = await obey(app, command)
      return { ...(await viewOf(app, command.workspaceId, operation)), complete: operation.cancelComplete }
    }),
})

async function obey(app: App, command: OperationRef & OperatorCommand): Promise<Operation> {
  const { workspaceId, operationId, verb } = command
  const asked = { acting: OPERATOR, operationId, write: once(workspaceId, verb) }
  switch (verb) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return app.controlOperation({ workspaceId }, { ...asked, verb })
    case 'set-rate':
      return app.setRate({ workspaceId }, { ...asked, rate: command.rate })
    case 'retry-failed':
      return (await app.retryFailed({ workspaceId }, asked)).operation
    default:
      return assertNever(verb)
  }
}

/** An update's activity that is tried again is the same one. */
function once(workspaceId: string, rpc: OperatorCommand['verb']) {
  const { activityId, workflowExecution } = Context.current().info
  const key = `${workflowExecution?.runId ?? newId()}/${activityId}`
  return { workspaceId, actorId: OPERATOR.callerId, rpc, key, digest: new Uint8Array() }
}

async function viewOf(app: App, workspaceId: string, operation: Operation): Promise<OperationView> {
  const { applied, skipped, failed, cancelled, pending } = operation.items
  return {
    applied,
    skipped,
    failed,
    cancelled,
    left: pending,
    state: operation.state,
    closed: operation.closedAt !== null,
    rate: operation.rate,
    failures: failed === 0 ? {} : await app.countFailures({ workspaceId }, operation.id),
  }
}

async function asFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toFailure(error)
  }
}
