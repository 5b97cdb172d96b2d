import { stateInPlace } from '../domain/control.ts'
import type { Operation } from '../domain/operation.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { attentionFrom } from './attention.ts'
import { standingOf } from './standing.ts'

/** How many operations of one workspace run at a time; work that no person started is not counted. */
export const PLACES = 2

export interface PlaceDeps {
  readonly transact: Transact
  /** Launches and wakes what got its place; what fails is left to the sweep. */
  readonly carryOn: (workspaceId: string, operation: Operation) => Promise<void>
}

/** Gives the free places of a workspace to those that wait longest. Twice is once. */
export type PlaceOperations = (workspaceId: string) => Promise<void>

export const placeOperations =
  ({ transact, carryOn }: PlaceDeps): PlaceOperations =>
  async (workspaceId) => {
    const placed = await transact({ workspaceId }, placeWaiting)
    for (const operation of placed) await carryOn(workspaceId, operation)
  }

async function placeWaiting({ operations, queue }: Session): Promise<Operation[]> {
  await queue.lock()
  let free = PLACES - (await queue.placed())
  const at = await operations.now()
  const placed: Operation[] = []
  let position = 0
  for (const { operationId } of await queue.waiting()) {
    const operation = await operations.find(operationId)
    if (operation === undefined) continue
    if (operation.state === 'queued' && free > 0) {
      free -= 1
      const state = stateInPlace(standingOf(operation, at))
      const changes = { state, queuedAt: null, queuePosition: 0, attentionAt: attentionFrom(at) }
      placed.push(await operations.save(operation, changes, ''))
    } else {
      position += 1
      if (operation.queuePosition !== position) await operations.save(operation, { queuePosition: position }, '')
    }
  }
  return placed
}

export interface Place {
  readonly free: boolean
  /** In the queue, where it is not free. */
  readonly position: number
}

/** Where a start finds itself: with a place, or behind those that wait. From here on nobody else is given one. */
export async function placeFor({ queue }: Session, { lane }: Operation): Promise<Place> {
  if (lane === 'sync') return { free: true, position: 0 } // work that no person started waits for nobody
  await queue.lock()
  const waiting = await queue.waiting()
  const free = (await queue.placed()) < PLACES && !waiting.some(({ state }) => state === 'queued')
  return { free, position: free ? 0 : waiting.length + 1 }
}
