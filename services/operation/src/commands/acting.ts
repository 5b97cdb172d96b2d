import { type Action, type Actor, authorize, notFound } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Operation } from '../domain/operation.ts'
import type { OperationStore } from '../store/operation-store.ts'
import type { GetTicketStates, ResolveActor } from './ports.ts'

/** Who calls: an agent, or the house itself with an empty actor. */
export interface Acting {
  readonly actorId: string
  /** The service or operator that calls for itself. */
  readonly callerId: string
}

/** The operator who presses a button in the Temporal UI: part of the platform, no agent of any workspace. */
export const OPERATOR: Acting = { actorId: '', callerId: 'operator' }

export interface Rights {
  readonly resolveActor: ResolveActor
  readonly ticketStates: GetTicketStates
}

/** The actor as the directory knows it now; a service that names nobody acts for itself. */
export async function actorOf({ resolveActor }: Rights, workspaceId: string, acting: Acting): Promise<Actor> {
  if (acting.actorId === '') return { id: acting.callerId, role: 'service', hiddenGroupIds: new Set() }
  return resolveActor({ workspaceId, actorId: acting.actorId })
}

/** May this actor do that at all? Then as itself, or `forbidden`. */
export async function permitted(rights: Rights, workspaceId: string, acting: Acting, action: Action): Promise<Actor> {
  const actor = await actorOf(rights, workspaceId, acting)
  authorize(actor, action)
  return actor
}

/** What hangs on a master that the actor may not see does not exist for it. */
export async function requireMaster(
  { ticketStates }: Rights,
  workspaceId: string,
  acting: Acting,
  masterId: string,
): Promise<void> {
  if (acting.actorId === '') return
  const { states } = await ticketStates({ workspaceId, actorId: acting.actorId }, [masterId])
  if (states.length === 0) throw noSuch('master')
}

/** The operation of this id; `not-found` where this workspace has none. */
export async function requireOperation(
  find: OperationStore['find'] | OperationStore['lock'],
  operationId: string,
): Promise<Operation> {
  const found = await find(requireId(operationId, 'operation_id'))
  if (!found) throw noSuch('operation')
  return found
}

const noSuch = (what: string) => notFound('not-found', `no such ${what} in this workspace`)
