import { stateInPlace } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import type { Session } from '../store/unit-of-work.ts'
import type { Acting } from './acting.ts'
import { attentionFrom } from './attention.ts'
import { placeFor } from './place-operations.ts'

/** Writes down that a plan begins: it runs from here on, or waits for its place. The caller holds its lock. */
export async function acceptOperation(session: Session, operation: Operation, acting: Acting): Promise<Operation> {
  const { operations } = session
  const at = await operations.now()
  const { free, position } = await placeFor(session, operation)
  const { holdSeconds, plannedBy } = operation
  const accepted = {
    state: free ? stateInPlace({ holdOver: holdSeconds === 0 }) : ('queued' as const),
    queuedAt: free ? null : at,
    queuePosition: position,
    startedBy: acting.actorId || plannedBy,
    acceptedAt: at,
    holdEndsAt: new Date(at.getTime() + holdSeconds * 1000),
    attentionAt: attentionFrom(at),
  }
  return operations.save(operation, accepted, acting.actorId)
}
