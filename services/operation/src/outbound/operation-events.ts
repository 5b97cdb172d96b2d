import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { ActorKind, CauseKind, OperationChangedSchema, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, outgoing } from '@umbel/messaging'
import type { Tell, Telling } from '../store/operation-store.ts'
import { toWireCause } from './wire-cause.ts'

const SOURCE = '/umbel/operation'

/** One change of an operation, one event: pages and state changes, never single items. */
export const tellOperationChanged: Tell = (trx, telling) => {
  const { workspaceId, operation, streamVersion, recordedAt } = telling
  const event = create(OperationChangedSchema, {
    workspaceId,
    operationId: operation.id,
    streamVersion: BigInt(streamVersion),
    cause: causeOf(telling),
    recordedAt: timestampFromDate(recordedAt),
    kind: operation.kind,
    masterId: operation.masterId,
    state: operation.state,
    total: BigInt(operation.items.total),
    applied: BigInt(operation.items.applied),
    skipped: BigInt(operation.items.skipped + operation.items.cancelled),
    failed: BigInt(operation.items.failed),
    pending: BigInt(operation.items.pending),
    sent: BigInt(operation.notifications.sent),
    sendFailed: BigInt(operation.notifications.failed),
    running: operation.acceptedAt !== null && operation.finishedAt === null,
    startedBy: operation.startedBy,
    pauseReason: operation.pauseReason,
  })
  const message = outgoing(topics.operation.events.name, `${workspaceId}:${operation.id}`, {
    id: newId(),
    source: SOURCE,
    type: OperationChangedSchema.typeName,
    subject: operation.id,
    time: recordedAt.toISOString(),
    workspace: workspaceId,
    sequence: String(streamVersion),
    data: toBinary(OperationChangedSchema, event),
  })
  return appendToOutbox(trx, [message])
}

const causeOf = (telling: Telling) =>
  telling.operation.cause === null ? ownCause(telling) : toWireCause(telling.operation.cause)

const ownCause = ({ operation, actorId }: Telling) => ({
  kind: actorId === '' ? CauseKind.SYSTEM : CauseKind.USER,
  id: operation.id,
  rootKind: CauseKind.USER,
  rootId: operation.id,
  actor: actorId === '' ? { kind: ActorKind.SYSTEM, id: 'operation' } : { kind: ActorKind.AGENT, id: actorId },
  operationId: operation.id,
})
