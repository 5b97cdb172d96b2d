import { idFrom } from '@umbel/kernel/ids'
import type { OperationPage, PageItem, PageOutcome } from '../src/commands/ports.ts'
import type { Effect } from '../src/domain/effect.ts'
import type { ItemOutcome } from '../src/domain/operation.ts'
import type { SmallTicket } from './small-ticket.ts'

const nothing = { version: 0, notifies: false, moved: false, before: '', after: '', requesterId: '', values: {} }

export const ended = (
  ticketId: string,
  state: 'skipped' | 'failed',
  reason: string,
  requesterId = '',
): PageOutcome => ({ ...nothing, ticketId, state, reason, requesterId })

/** Why this child is left out when its turn comes; empty: it is not. */
export function skipReason(
  { effect }: OperationPage,
  item: PageItem,
  ticket: SmallTicket,
  asked: ItemOutcome | undefined,
): string {
  if (!ticket.linked || ticket.linkId !== item.linkId) return 'no-longer-linked'
  if (ticket.status === 'closed') return 'ticket-closed'
  if (item.body > 0 && effect.kind !== 'note' && item.plannedVersion < ticket.requesterVersion)
    return 'requester-changed'
  if (effect.kind === 'ask_to_close' && ticket.customerWaits) return 'customer-replied'
  if (effect.kind !== 'close') return ''
  if (effect.askedInStep > 0) {
    if (asked?.state !== 'applied') return 'not-asked'
    if (ticket.customerWaits) return 'customer-replied'
    return asked.version === ticket.version ? '' : 'moved-since'
  }
  return ticket.status === 'solved' ? 'already-solved' : ''
}

const statusAfter = (effect: Effect, status: string): string => {
  if (effect.kind === 'close') return 'solved'
  if (effect.kind === 'ask_to_close') return 'pending'
  return effect.kind === 'set_status' ? effect.status : status
}

/** Does to one ticket what the page does to each. */
export function applyEffect(ticket: SmallTicket, page: OperationPage, item: PageItem): PageOutcome {
  const text = page.bodies.find(({ index }) => index === item.body)?.text ?? ''
  const [before, moved] = [ticket.status, item.plannedVersion > 0 && ticket.version !== item.plannedVersion]
  ticket.status = statusAfter(page.effect, ticket.status)
  if (text !== '') ticket.comments.push(text)
  ticket.version += 1
  const changed = before === ticket.status ? { before: '', after: '' } : { before, after: ticket.status }
  return {
    ticketId: ticket.id,
    state: 'applied',
    reason: '',
    version: ticket.version,
    moved,
    ...changed,
    notifies: text !== '' && page.effect.kind !== 'note' && ticket.requesterId !== '',
    ...person(ticket, text),
  }
}

const person = ({ number, requesterId }: SmallTicket, text: string): Pick<ItemOutcome, 'requesterId' | 'values'> => ({
  requesterId,
  values: text === '' ? {} : { 'requester.first_name': `Person ${number}` },
})

/** Whom a ticket of this world is opened for. */
export const requesterOf = (ticketId: string): string => idFrom('requester', ticketId)
