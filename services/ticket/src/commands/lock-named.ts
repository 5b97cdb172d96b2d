import { notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Locked } from '../store/ticket-store.ts'
import type { Session } from '../store/unit-of-work.ts'

/** The ticket a path names, under lock; a name that is no id is as unknown as any other. */
export function lockNamed({ tickets }: Session, ticketId: string): Promise<Locked> {
  if (!isId(ticketId)) throw notFound('not-found', 'no such ticket in this workspace')
  return tickets.lock(ticketId)
}
