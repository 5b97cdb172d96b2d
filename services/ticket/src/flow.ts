import { DeadLetterService, DirectoryService, TicketService, topics } from '@umbel/contracts'
import type { Now } from '@umbel/kernel'
import { type Flow, on, says, serves } from '@umbel/messaging'
import type { App } from './app.ts'
import { directoryRpc } from './inbound/directory-rpc.ts'
import { onUpstreamEvent } from './inbound/on-upstream-event.ts'
import { ticketRpc } from './inbound/ticket-rpc.ts'

export interface FlowParts {
  readonly app: App
  readonly now: Now
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What ticket serves, hears and says. */
export function ticketFlow({ app, now, deadLetters }: FlowParts): Flow {
  const heard = [on(topics.inbound.tickets, 'ticket.on-upstream-event', onUpstreamEvent(app, now))]
  return [
    serves(TicketService, ticketRpc(app)),
    serves(DirectoryService, directoryRpc(app)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.ticket.events),
    says(topics.ticket.directory),
    says(topics.ticket.dlq),
  ]
}
