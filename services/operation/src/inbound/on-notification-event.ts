import { CauseTrippedSchema, fromWireNotification, OperationNotificationsChangedSchema } from '@umbel/contracts'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { App } from '../app.ts'

interface Told {
  readonly operationId: string
  readonly version: number
  readonly tripped: boolean
  readonly outcomes: Parameters<App['recordNotifications']>[1]
}

const STREAM = 'causes:'

/** umbel.notification.events.v1 → record-notifications, trip-breaker: what became of what each child is owed. */
export const onNotificationEvent = (app: App): StreamHandler<Told> => ({
  decode,
  streamKey: ({ operationId }) => STREAM + operationId,
  version: ({ version }) => version,
  async handle(scope, events) {
    await app.recordNotifications(
      scope,
      events.flatMap(({ outcomes }) => outcomes),
    )
    const tripped = events.filter((told) => told.tripped)
    await app.tripBreaker(
      scope,
      tripped.map(({ operationId }) => operationId),
    )
  },
  // a trip that was lost is not asked for: the mails are held all the same, and pages go on
  refetch: (workspaceId, streamKey) => app.refetchNotifications(workspaceId, streamKey.slice(STREAM.length)),
})

function decode(event: CloudEvent): Told | undefined {
  if (event.type === CauseTrippedSchema.typeName) return tripped(event)
  return event.type === OperationNotificationsChangedSchema.typeName ? changed(event) : undefined
}

function tripped(event: CloudEvent): Told {
  const { operationId, streamVersion } = dataOf(CauseTrippedSchema, event)
  return { operationId, version: Number(streamVersion), tripped: true, outcomes: [] }
}

function changed(event: CloudEvent): Told {
  const { operationId, streamVersion, notifications } = dataOf(OperationNotificationsChangedSchema, event)
  const outcomes = notifications.flatMap(({ ticketId, state: told, reason }) => {
    const state = fromWireNotification(told)
    return state === undefined ? [] : [{ operationId, ticketId, state, reason }]
  })
  return { operationId, version: Number(streamVersion), tripped: false, outcomes }
}
