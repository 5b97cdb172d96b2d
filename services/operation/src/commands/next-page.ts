import { decidePage } from '../domain/control.ts'
import { CLOSING_STEP } from '../domain/effect.ts'
import type { Operation } from '../domain/operation.ts'
import { dueAt, leftUntil, pageLimit } from '../domain/pace.ts'
import type { WaitingItem } from '../store/item-store.ts'
import type { Session } from '../store/unit-of-work.ts'
import { requireOperation } from './acting.ts'
import type { EndIfDone } from './end-operation.ts'

export interface Turn {
  readonly operation: Operation
  readonly waiting: readonly WaitingItem[]
  /** Nothing may be done for so long: a hold, a rate, or customers who were asked. */
  readonly waitMs: number
  /** When the turn was taken, by the database's clock. */
  readonly at: Date
}

export interface NextPage {
  readonly pageSize: number
  readonly endIfDone: EndIfDone
  /** Behind this place; those up to it are being written down. From the first on unless told. */
  readonly after?: number
}

/**
 * The wanted state as it is now, and the next items. Holds end here, and so does the time that customers had to answer,
 * both judged by the database's clock; so does what has nothing left to do.
 */
export async function nextPage(
  session: Session,
  operationId: string,
  { pageSize, endIfDone, after = 0 }: NextPage,
): Promise<Turn> {
  const { operations, items } = session
  const [seen, at, next] = await Promise.all([
    requireOperation(operations.find, operationId),
    operations.now(),
    items.waiting(operationId, after, pageSize),
  ])
  const waitMs = leftUntil(dueAt(seen), at)
  if (waitMs > 0) return { operation: seen, waiting: [], waitMs, at }
  const operation = await moveOn(session, seen, at)
  if (decidePage(operation) !== 'go') return { operation, waiting: [], waitMs, at }
  const waiting = (seen === operation ? next : await items.waiting(operationId, after, pageSize)).slice(
    0,
    pageLimit(operation.rate, pageSize),
  )
  if (waiting.length > 0 || operation.items.pending > 0 || operation.closedAt !== null)
    return { operation, waiting, waitMs, at }
  await operations.hold(operationId)
  return { operation: await endIfDone(session, operationId), waiting, waitMs, at }
}

async function moveOn(session: Session, seen: Operation, at: Date): Promise<Operation> {
  if (seen.state !== 'holding' && seen.state !== 'waiting') return seen
  const { operations, again } = session
  const operation = await requireOperation(operations.lock, seen.id)
  if (operation.state !== seen.state || leftUntil(dueAt(operation), at) > 0) return operation
  if (operation.state === 'holding') return operations.save(operation, { state: 'running' }, '')
  await again.askedItems(operation.id)
  await operations.save(operation, { state: 'queued', step: CLOSING_STEP, queuedAt: at }, '')
  return requireOperation(operations.find, operation.id) // with its items as they are counted now
}
