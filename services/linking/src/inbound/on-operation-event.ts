import { OperationChangedSchema } from '@umbel/contracts'
import { isId } from '@umbel/kernel/ids'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { OperationRun } from '../domain/operation.ts'
import { assertWorkspace } from '../wire.ts'

/** Which operations run. An event tells all of it, so one that went missing is made up for by the next. */
export const onOperationEvent = (handle: StreamHandler<OperationRun>['handle']): StreamHandler<OperationRun> => ({
  decode: (event) => (event.type === OperationChangedSchema.typeName ? toRun(event) : undefined),
  streamKey: ({ operationId }) => `operation:${operationId}`,
  version: ({ version }) => version,
  handle,
})

function toRun(event: CloudEvent): OperationRun {
  const changed = dataOf(OperationChangedSchema, event)
  assertWorkspace(event, changed)
  const { operationId, streamVersion, masterId, running } = changed
  return { operationId, version: Number(streamVersion), masterId, running: running && isId(masterId) }
}
