import type { OperationService } from '@umbel/contracts'
import type { Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import { actingOf, writeOf } from './from-wire.ts'
import { toWireOperation } from './to-wire.ts'
import { fromWireCause } from './wire-cause.ts'
import { fromWireChange } from './wire-change.ts'

type RunMethods = Pick<Handlers<typeof OperationService>, 'setOperationRate' | 'retryFailed' | 'runSync'>

/** What is done with an operation that runs or has run, beside pause, resume and cancel. */
export const runRpc = (app: App): RunMethods => ({
  async setOperationRate(request, call) {
    const { workspaceId, operationId, rate } = request
    const write = writeOf('SetOperationRate', request, call)
    const operation = await app.setRate({ workspaceId }, { write, acting: actingOf(call), operationId, rate })
    return { operation: toWireOperation(workspaceId, operation) }
  },
  async retryFailed(request, call) {
    const { workspaceId, operationId } = request
    const asked = { write: writeOf('RetryFailed', request, call), acting: actingOf(call), operationId }
    const { operation, children, notifications } = await app.retryFailed({ workspaceId }, asked)
    return {
      operation: toWireOperation(workspaceId, operation),
      children: BigInt(children),
      notifications: BigInt(notifications),
    }
  },
  async runSync(request, call) {
    const { workspaceId, masterId, masterVersion, changeKind } = request
    const operation = await app.runSync(
      { workspaceId },
      {
        write: writeOf('RunSync', request, call),
        acting: actingOf(call),
        masterId,
        masterVersion: Number(masterVersion),
        changeKind,
        change: fromWireChange(request.change),
        cause: fromWireCause(request.cause),
      },
    )
    return { operation: toWireOperation(workspaceId, operation) }
  },
})
