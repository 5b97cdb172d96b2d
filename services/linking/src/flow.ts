import { DeadLetterService, LinkingService, topics } from '@umbel/contracts'
import { type Flow, on, says, serves } from '@umbel/messaging'
import type { ActorOf } from '@umbel/service-kit'
import type { App } from './app.ts'
import { linkingRpc } from './inbound/linking-rpc.ts'
import { onTicketEvent } from './inbound/on-ticket-event.ts'

export interface FlowParts {
  readonly app: App
  readonly actorOf: ActorOf
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What linking serves, hears and says. */
export function linkingFlow({ app, actorOf, deadLetters }: FlowParts): Flow {
  const handler = onTicketEvent({ apply: app.applyTicketEvents, refresh: app.refreshTickets })
  const heard = [on(topics.ticket.events, 'linking.on-ticket-event', handler)]
  return [
    serves(LinkingService, linkingRpc(app, actorOf)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.linking.events),
    says(topics.linking.dlq),
  ]
}
