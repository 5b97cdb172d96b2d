import type { Idempotency, OperationService } from '@umbel/contracts'
import type { Call, Handlers } from '@umbel/rpc'
import type { App } from '../app.ts'
import type { ControlVerb } from '../domain/control.ts'
import { actingOf, writeOf } from './from-wire.ts'
import { planRpc } from './plan-rpc.ts'
import { recordRpc } from './record-rpc.ts'
import { runRpc } from './run-rpc.ts'
import { toWireItem, toWireOperation } from './to-wire.ts'

/** umbel.operation.v1.OperationService as commands and queries. */
export function operationRpc(app: App): Handlers<typeof OperationService> {
  const control = async (verb: ControlVerb, request: ControlRequest, call: Call) => {
    const { workspaceId, operationId } = request
    const write = writeOf(rpcOf[verb], request, call)
    return app.controlOperation({ workspaceId }, { write, acting: actingOf(call), operationId, verb })
  }
  return {
    ...recordRpc(app),
    ...runRpc(app),
    ...planRpc(app),
    async startOperation(request, call) {
      const { workspaceId, operationId, planHash, confirm } = request
      const write = writeOf('StartOperation', request, call)
      const asked = { write, acting: actingOf(call), operationId, planHash, confirm: Number(confirm) }
      return { operation: toWireOperation(workspaceId, await app.startOperation({ workspaceId }, asked)) }
    },
    async pauseOperation(request, call) {
      return { operation: toWireOperation(request.workspaceId, await control('pause', request, call)) }
    },
    async resumeOperation(request, call) {
      return { operation: toWireOperation(request.workspaceId, await control('resume', request, call)) }
    },
    async cancelOperation(request, call) {
      const operation = await control('cancel', request, call)
      return { operation: toWireOperation(request.workspaceId, operation), complete: operation.cancelComplete }
    },
    async getOperation({ workspaceId, operationId }, call) {
      const operation = await app.getOperation({ workspaceId }, actingOf(call), operationId)
      return { operation: toWireOperation(workspaceId, operation, operation.findings) }
    },
    async listOperations({ workspaceId, masterId, pageSize, pageToken }, call) {
      const asked = { acting: actingOf(call), masterId, pageSize, pageToken }
      const { rows, next } = await app.listOperations({ workspaceId }, asked)
      return { operations: rows.map((each) => toWireOperation(workspaceId, each)), nextPageToken: next }
    },
    async listItems({ workspaceId, operationId, state, notification, pageSize, pageToken }, call) {
      const asked = { acting: actingOf(call), operationId, state, notification, pageSize, pageToken }
      const { rows, next } = await app.listItems({ workspaceId }, asked)
      return { items: rows.map(toWireItem), nextPageToken: next }
    },
    async *watchOperation({ workspaceId, operationId, afterVersion }, call) {
      const { signal } = call
      const asked = { acting: actingOf(call), operationId, afterVersion: Number(afterVersion), signal }
      for await (const changed of app.watchOperation({ workspaceId }, asked))
        yield { version: BigInt(changed.progressVersion), operation: toWireOperation(workspaceId, changed) }
    },
  }
}

interface ControlRequest {
  readonly workspaceId: string
  readonly operationId: string
  readonly idempotency?: Idempotency | undefined
}

const rpcOf = {
  pause: 'PauseOperation',
  resume: 'ResumeOperation',
  cancel: 'CancelOperation',
} as const satisfies Record<ControlVerb, string>
