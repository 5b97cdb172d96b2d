import { DeadLetterService, LinkingService, topics } from '@umbel/contracts'
import { type Flow, on, says, serves } from '@umbel/messaging'
import type { ActorOf } from '@umbel/service-kit'
import type { App } from './app.ts'
import { linkingRpc } from './inbound/linking-rpc.ts'
import { onDirectoryEvent } from './inbound/on-directory-event.ts'
import { onOperationEvent } from './inbound/on-operation-event.ts'
import { onSlaEvent } from './inbound/on-sla-event.ts'
import { onTicketEvent } from './inbound/on-ticket-event.ts'

export interface FlowParts {
  readonly app: App
  readonly actorOf: ActorOf
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What linking serves, hears and says. */
export function linkingFlow({ app, actorOf, deadLetters }: FlowParts): Flow {
  const ticketEvents = onTicketEvent({ apply: app.applyTicketEvents, refresh: app.refreshTickets })
  const heard = [
    on(topics.ticket.events, 'linking.on-ticket-event', ticketEvents),
    on(topics.ticket.directory, 'linking.on-directory-event', onDirectoryEvent(app.indexDirectory)),
    on(topics.sla.events, 'linking.on-sla-event', onSlaEvent(app.followSla)),
    on(topics.operation.events, 'linking.on-operation-event', onOperationEvent(app.followOperations)),
  ]
  return [
    serves(LinkingService, linkingRpc(app, actorOf)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.linking.events),
    says(topics.linking.dlq),
  ]
}
