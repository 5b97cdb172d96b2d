import type { MessageInitShape } from '@bufbuild/protobuf'
import { type ActorWord, type CauseSchema, type CauseWord, toWireActorKind, toWireCauseKind } from '@umbel/contracts'
import type { OperationCause } from '../domain/operation.ts'

/** A stored cause as it travels; its words were checked when it came in. */
export const toWireCause = (cause: OperationCause): MessageInitShape<typeof CauseSchema> => ({
  kind: toWireCauseKind(cause.kind as CauseWord),
  id: cause.id,
  rootKind: toWireCauseKind(cause.rootKind as CauseWord),
  rootId: cause.rootId,
  actor: { kind: toWireActorKind(cause.actorKind as ActorWord), id: cause.actorId },
  operationId: cause.operationId,
  decisionId: cause.decisionId,
  step: cause.step,
})
