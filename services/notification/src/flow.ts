import { DeadLetterService, NotificationService, topics } from '@umbel/contracts'
import { type Flow, on, says, serves } from '@umbel/messaging'
import { type NotificationRpcDeps, notificationRpc } from './inbound/notification-rpc.ts'
import { onOperationEvent, type TellAgents } from './inbound/on-operation-event.ts'
import { onTicketEvent, type RaiseFacts } from './inbound/on-ticket-event.ts'

export interface FlowParts {
  readonly rpc: NotificationRpcDeps
  readonly raise: RaiseFacts
  readonly tellAgents: TellAgents
  /** Something became due. */
  readonly wake: () => void
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What notification serves, hears and says; mail comes in at `inbound/mail.ts`. */
export function notificationFlow({ rpc, raise, tellAgents, wake, deadLetters }: FlowParts): Flow {
  const operations = onOperationEvent({ tellAgents, raiseWebhooks: raise.webhooks, committed: wake })
  const heard = [
    on(topics.ticket.events, 'notification.on-ticket-event', onTicketEvent(raise, wake)),
    on(topics.operation.events, 'notification.on-operation-event', operations),
  ]
  return [
    serves(NotificationService, notificationRpc(rpc)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.notification.events),
    says(topics.notification.dlq),
  ]
}
