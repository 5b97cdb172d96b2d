import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { CauseSchema, NotificationChangedSchema, NotificationState, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, outgoing } from '@umbel/messaging'
import type { State } from '../domain/notification.ts'
import type { TellChanges, VersionedChange } from '../store/stream-store.ts'

/** What a state is to everybody else: still owed, or how it ended. */
export const outcomeOf: Readonly<Record<State, NotificationState>> = {
  pending: NotificationState.PENDING,
  leased: NotificationState.PENDING,
  retry: NotificationState.PENDING,
  held: NotificationState.PENDING,
  sent: NotificationState.SENT,
  failed: NotificationState.FAILED,
  suppressed: NotificationState.SUPPRESSED,
  skipped: NotificationState.SKIPPED,
  withheld: NotificationState.WITHHELD,
  unknown: NotificationState.UNKNOWN,
}

/** NotificationChanged for each change, through the outbox, keyed by ticket. */
export const tellNotificationChanged: TellChanges = (trx, workspaceId, changes) =>
  appendToOutbox(
    trx,
    changes.map((change) =>
      outgoing(topics.notification.events.name, `${workspaceId}:${change.ticketId}`, {
        id: newId(),
        source: '/umbel/notification',
        type: NotificationChangedSchema.typeName,
        subject: change.ticketId,
        time: change.at.toISOString(),
        workspace: workspaceId,
        sequence: String(change.version),
        data: encode(workspaceId, change),
      }),
    ),
  )

function encode(workspaceId: string, change: VersionedChange): Uint8Array {
  const at = timestampFromDate(change.at)
  const message = create(NotificationChangedSchema, {
    workspaceId,
    ticketId: change.ticketId,
    streamVersion: BigInt(change.version),
    cause: fromBinary(CauseSchema, change.cause),
    occurredAt: at,
    recordedAt: at,
    notificationId: change.id,
    state: outcomeOf[change.state],
    reason: change.reason,
    channel: change.channel,
    operationId: change.operationId ?? '',
    step: change.step,
    attempts: change.attempts,
  })
  return toBinary(NotificationChangedSchema, message)
}
