import { CauseTrippedSchema, fromWireNotification, NotificationChangedSchema } from '@umbel/contracts'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { App } from '../app.ts'
import type { NotificationState } from '../domain/operation.ts'

const OF_TICKET = 'notifications:'
const OF_CAUSE = 'causes:'

interface Changed {
  readonly streamKey: string
  readonly version: number
  readonly ticketId: string
  /** Empty where no operation raised it: its version counts all the same. */
  readonly operationId: string
  readonly state: NotificationState | undefined
  readonly reason: string
}
interface Tripped {
  readonly streamKey: string
  readonly version: number
  readonly tripped: string
}
type Told = Changed | Tripped

/** umbel.notification.events.v1 → record-notifications, trip-breaker: what became of what each child is owed. */
export const onNotificationEvent = (app: App): StreamHandler<Told> => ({
  decode,
  streamKey: ({ streamKey }) => streamKey,
  version: ({ version }) => version,
  async handle(scope, events) {
    await app.recordNotifications(scope, events.flatMap(outcomeOf))
    const tripped = events.flatMap((told) => ('tripped' in told ? [told.tripped] : []))
    await app.tripBreaker(scope, tripped)
  },
  async refetch(workspaceId, streamKey) {
    if (!streamKey.startsWith(OF_TICKET)) return // a breaker's event says everything itself
    await app.refetchNotifications(workspaceId, streamKey.slice(OF_TICKET.length))
  },
})

function decode(event: CloudEvent): Told | undefined {
  if (event.type === CauseTrippedSchema.typeName) return tripped(event)
  return event.type === NotificationChangedSchema.typeName ? changed(event) : undefined
}

function tripped(event: CloudEvent): Tripped {
  const { operationId, streamVersion } = dataOf(CauseTrippedSchema, event)
  return { streamKey: `${OF_CAUSE}${operationId}`, version: Number(streamVersion), tripped: operationId }
}

function changed(event: CloudEvent): Changed {
  const { ticketId, operationId, reason, streamVersion, state, channel } = dataOf(NotificationChangedSchema, event)
  const version = Number(streamVersion)
  return {
    streamKey: `${OF_TICKET}${ticketId}`,
    version,
    ticketId,
    // what an endpoint was told is not what a customer was
    operationId: channel === 'webhook' ? '' : operationId,
    reason,
    state: fromWireNotification(state),
  }
}

function outcomeOf(told: Told) {
  if ('tripped' in told || told.operationId === '' || told.state === undefined) return []
  const { operationId, ticketId, state, reason } = told
  return [{ operationId, ticketId, state, reason }]
}
