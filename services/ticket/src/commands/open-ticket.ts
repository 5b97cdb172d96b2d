import { type Actor, authorize } from '@umbel/kernel'
import { idFrom, newId, requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { step } from '../domain/change.ts'
import { decideOpen, type OpenTicket as Opening } from '../domain/open.ts'
import type { Ticket } from '../domain/ticket.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { actorRef, causeOf } from './acting.ts'
import { checkReferences } from './check-references.ts'

export interface OpenTicket extends Omit<Opening, 'id' | 'number' | 'description' | 'externalIds'> {
  /** Empty: a new one. A stored saga brings its own: the same id twice is the same ticket. */
  readonly id: string
  /** Empty: no first comment. */
  readonly description: string
  readonly key: string
}

/** A new ticket; its customer is the requester's unless told. */
export const openTicket =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, command: OpenTicket): Promise<Ticket> =>
    transact(scope, async (session) => {
      const actor = await session.actor(caller)
      authorize(actor, 'open-ticket')
      const id = command.id === '' ? newId() : requireId(command.id, 'id')
      if (command.id !== '' && (await session.tickets.exists(id))) {
        const { ticket } = await session.tickets.lock(id)
        authorize(actor, 'open-ticket', ticket)
        return ticket
      }
      await checkReferences(session, actor, command)
      return open(session, actor, await withCustomer(session, { ...command, id }))
    })

async function open(session: Session, actor: Actor, command: OpenTicket): Promise<Ticket> {
  const { id, description, key } = command
  const number = await session.tickets.takeNumbers(1)
  const recordedAt = await session.tickets.clock()
  const occurredAt = new Date(Math.floor(recordedAt / 1000))
  const ids = { commentId: idFrom('description', id), bodyId: idFrom('description-body', id) }
  const first = description === '' ? undefined : { text: description, ...ids }
  const facts = decideOpen({ ...command, number, description: first }, actorRef(actor), occurredAt)
  const change = step(undefined, facts, { cause: causeOf(actor, key), occurredAt, recordedAt })
  await session.tickets.save([change])
  return change.ticket
}

async function withCustomer(session: Session, command: OpenTicket): Promise<OpenTicket> {
  if (command.customerId || !command.requesterId) return command
  const requester = await session.entries.requester(command.requesterId)
  return { ...command, customerId: requester?.customerId ?? null }
}
