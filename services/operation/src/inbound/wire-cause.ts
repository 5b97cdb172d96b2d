import { type Cause, fromWireActorKind, fromWireCauseKind } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { OperationCause } from '../domain/operation.ts'

/** A cause as it is stored: its kinds as words. */
export function fromWireCause(cause: Cause | undefined): OperationCause {
  const kind = cause && fromWireCauseKind(cause.kind)
  const rootKind = cause && fromWireCauseKind(cause.rootKind)
  const actorKind = cause?.actor && fromWireActorKind(cause.actor.kind)
  if (!cause?.actor || !kind || !rootKind || !actorKind)
    throw invalid('cause-missing', 'say what asked for it: its kind, its root and its actor', { field: 'cause' })
  const { id, rootId, actor, operationId, decisionId, step } = cause
  return { kind, id, rootKind, rootId, actorKind, actorId: actor.id, operationId, decisionId, step }
}
