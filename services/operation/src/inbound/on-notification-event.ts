import { NotificationChangedSchema, NotificationState } from '@umbel/contracts'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { App } from '../app.ts'
import type { NotificationState as StateWord } from '../domain/operation.ts'

interface Told {
  readonly ticketId: string
  readonly version: number
  /** Empty where no operation raised it: its version counts all the same. */
  readonly operationId: string
  readonly state: StateWord | undefined
  readonly reason: string
}

/** umbel.notification.events.v1 → record-notifications: what became of what each child is owed. */
export const onNotificationEvent = (app: App): StreamHandler<Told> => ({
  decode,
  streamKey: ({ ticketId }) => `notifications:${ticketId}`,
  version: ({ version }) => version,
  handle: (scope, events) => app.recordNotifications(scope, events.flatMap(outcomeOf)),
})

function decode(event: CloudEvent): Told | undefined {
  if (event.type !== NotificationChangedSchema.typeName) return undefined
  const changed = dataOf(NotificationChangedSchema, event)
  const { ticketId, operationId, reason } = changed
  return { ticketId, version: Number(changed.streamVersion), operationId, reason, state: words[changed.state] }
}

const outcomeOf = ({ operationId, ticketId, state, reason }: Told) =>
  operationId === '' || state === undefined ? [] : [{ operationId, ticketId, state, reason }]

const words: Partial<Record<NotificationState, StateWord>> = {
  [NotificationState.PENDING]: 'pending',
  [NotificationState.SENT]: 'sent',
  [NotificationState.SKIPPED]: 'skipped',
  [NotificationState.WITHHELD]: 'withheld',
  [NotificationState.SUPPRESSED]: 'suppressed',
  [NotificationState.FAILED]: 'failed',
  [NotificationState.UNKNOWN]: 'unknown',
}
