import { DeadLetterService, NotificationService, topics } from '@umbel/contracts'
import { type Flow, on, says, serves } from '@umbel/messaging'
import { type NotificationRpcDeps, notificationRpc } from './inbound/notification-rpc.ts'
import { onTicketEvent, type RaiseNotifications } from './inbound/on-ticket-event.ts'

export interface FlowParts {
  readonly rpc: NotificationRpcDeps
  readonly raise: RaiseNotifications
  /** Something became due. */
  readonly wake: () => void
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What notification serves, hears and says; mail comes in at `inbound/mail.ts`. */
export function notificationFlow({ rpc, raise, wake, deadLetters }: FlowParts): Flow {
  const heard = [on(topics.ticket.events, 'notification.on-ticket-event', onTicketEvent(raise, wake))]
  return [
    serves(NotificationService, notificationRpc(rpc)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.notification.events),
    says(topics.notification.dlq),
  ]
}
