import { bodiesOf, effectOf } from '../domain/effect.ts'
import type { Operation } from '../domain/operation.ts'
import type { WaitingItem } from '../store/item-store.ts'
import type { OperationPage } from './ports.ts'

/** A page of an operation as ticket gets it; authorised there, as the actor is by then. */
export function pageOf(workspaceId: string, operation: Operation, items: readonly WaitingItem[]): OperationPage {
  const { id: operationId, epoch, step, startedBy: actorId, masterVersion, cause } = operation
  const bodies = bodiesOf(operation, items)
  const said = new Set(bodies.map(({ index }) => index))
  return {
    workspaceId,
    operationId,
    step,
    epoch,
    actorId,
    masterVersion,
    cause,
    bodies,
    effect: effectOf(operation),
    items: items.map((item) => ({
      ...item,
      body: said.has(item.body) ? item.body : 0,
    })),
  }
}
