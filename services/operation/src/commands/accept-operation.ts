import { stateInPlace } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import { overtaken } from '../domain/start.ts'
import type { Session } from '../store/unit-of-work.ts'
import type { Acting } from './acting.ts'
import { attentionFrom } from './attention.ts'
import { placeFor } from './place-operations.ts'

/**
 * Writes down that a plan begins: it runs from here on, or waits for its place. Of two catch-ups that were planned side
 * by side the first one reaches those who joined late, and the other does not begin. The caller holds its lock.
 */
export async function acceptOperation(session: Session, operation: Operation, acting: Acting): Promise<Operation> {
  const { operations } = session
  if (operation.kind === 'catch_up') await requireFirst(session, operation)
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

async function requireFirst({ catchUps }: Session, { masterId, plannedAt }: Operation): Promise<void> {
  await catchUps.lock(masterId)
  if (await catchUps.begunSince(masterId, plannedAt)) throw overtaken()
}
