import { DeadLetterService, OperationService, topics } from '@umbel/contracts'
import { type Flow, on, says, serves } from '@umbel/messaging'
import type { App } from './app.ts'
import { onNotificationEvent } from './inbound/on-notification-event.ts'
import { operationRpc } from './inbound/operation-rpc.ts'

export interface FlowParts {
  readonly app: App
  /** Serves the dead letters of what these rows hear. */
  readonly deadLetters: (heard: Flow) => object
}

/** What operation serves, hears and says. */
export function operationFlow({ app, deadLetters }: FlowParts): Flow {
  const heard = [on(topics.notification.events, 'operation.on-notification-event', onNotificationEvent(app))]
  return [
    serves(OperationService, operationRpc(app)),
    serves(DeadLetterService, deadLetters(heard)),
    ...heard,
    says(topics.operation.events),
    says(topics.operation.dlq),
  ]
}
