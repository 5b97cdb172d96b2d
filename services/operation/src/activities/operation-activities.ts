import { Context } from '@temporalio/activity'
import { failpoint } from '@umbel/kernel/failpoint'
import type { OperationActivities } from '@umbel/workflows/activities'
import type { ControlAnswer, ItemCounts } from '@umbel/workflows/client'
import type { App } from '../app.ts'
import { OPERATOR } from '../commands/acting.ts'
import type { Operation } from '../domain/operation.ts'
import { toFailure } from '../failure.ts'

/** Temporal → commands: they heartbeat and decide nothing. */
export const operationActivities = (app: App): OperationActivities => ({
  runSlice: ({ workspaceId, operationId }) =>
    asFailure(async () => {
      const { heartbeat, cancellationSignal: signal } = Context.current()
      const { operation, halted } = await app.runSlice(workspaceId, operationId, { signal, beat: () => heartbeat() })
      await failpoint('operation.slice.ended')
      return { ...countsOf(operation), halted }
    }),
  controlOperation: ({ workspaceId, operationId, verb }) =>
    asFailure(async (): Promise<ControlAnswer> => {
      const operation = await app.controlOperation({ workspaceId }, { acting: OPERATOR, operationId, verb })
      return { ...countsOf(operation), state: operation.state, complete: operation.cancelComplete }
    }),
})

async function asFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toFailure(error)
  }
}

const countsOf = ({ items: { applied, skipped, failed, cancelled, pending } }: Operation): ItemCounts => ({
  applied,
  skipped,
  failed,
  cancelled,
  left: pending,
})
