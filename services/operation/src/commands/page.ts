import type { Operation } from '../domain/operation.ts'
import type { WaitingItem } from '../store/item-store.ts'
import type { OperationPage } from './ports.ts'

/** A page of an operation as ticket gets it; authorised there, as the actor is by then. */
export const pageOf = (workspaceId: string, operation: Operation, items: readonly WaitingItem[]): OperationPage => ({
  workspaceId,
  operationId: operation.id,
  epoch: operation.epoch,
  kind: operation.kind,
  actorId: operation.startedBy,
  text: operation.text,
  items,
})
