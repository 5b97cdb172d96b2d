import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import {
  NotificationChangedSchema,
  NotificationEndSchema,
  NotificationState,
  OperationNotificationsChangedSchema,
  topics,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, eventHeaders, type OutgoingEvent, outgoing } from '@umbel/messaging'
import type { Change, Ending } from '../domain/ending.ts'
import type { State } from '../domain/notification.ts'
import type { PlacedEnding, TellEndings } from '../store/stream-store.ts'
import type { Telling } from '../store/take-turn.ts'

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

/** Endings through the outbox: OperationNotificationsChanged keyed by operation, NotificationChanged by ticket. */
export const tellEndings: TellEndings = (trx, workspaceId, endings) =>
  appendToOutbox(
    trx,
    endings.map((ending) =>
      outgoing(topics.notification.events.name, `${workspaceId}:${ending.subject}`, {
        ...eventOf(workspaceId, ending),
        time: ending.at.toISOString(),
        sequence: String(ending.version),
        data: wholeOf(workspaceId, ending),
      }),
    ),
  )

/** The same in pieces, which the database joins with the version and the times that it alone knows. */
export const telling: Telling = {
  topic: topics.notification.events.name,
  headersOf: (workspaceId, ending) =>
    JSON.stringify(eventHeaders({ ...eventOf(workspaceId, ending), time: '', sequence: '', data: NOTHING })),
  headOf,
  partOf,
}

const NOTHING = new Uint8Array()

const eventOf = (workspaceId: string, ending: Ending): Omit<OutgoingEvent, 'time' | 'sequence' | 'data'> => ({
  id: newId(),
  source: '/umbel/notification',
  type: (ending.operationId === null ? NotificationChangedSchema : OperationNotificationsChangedSchema).typeName,
  subject: ending.subject,
  workspace: workspaceId,
})

const of = OperationNotificationsChangedSchema.field
const inEnd = NotificationEndSchema.field
const alone = NotificationChangedSchema.field

/**
 * The event without its ends, its version and its times; both events have these fields under the same numbers. Written
 * field by field: the cause is passed on as it came, and a message object for each of ten thousand mails would cost more
 * than its bytes.
 */
function headOf(workspaceId: string, { subject, cause }: Ending): Uint8Array {
  return fields()
    .text(of.workspaceId.number, workspaceId)
    .text(of.operationId.number, subject)
    .bytes(of.cause.number, cause)
    .finish()
}

/** One end: fields of the event itself where no operation brought it. */
function partOf(change: Change): Uint8Array {
  if (change.operationId === null)
    return fields()
      .text(alone.notificationId.number, change.id)
      .count(alone.state.number, outcomeOf[change.state])
      .text(alone.reason.number, change.reason)
      .text(alone.channel.number, change.channel)
      .count(alone.attempts.number, change.attempts)
      .finish()
  const end = fields()
    .text(inEnd.ticketId.number, change.ticketId)
    .text(inEnd.notificationId.number, change.id)
    .count(inEnd.state.number, outcomeOf[change.state])
    .text(inEnd.reason.number, change.reason)
    .text(inEnd.channel.number, change.channel)
    .count(inEnd.attempts.number, change.attempts)
    .finish()
  return fields().bytes(of.notifications.number, end).finish()
}

function wholeOf(workspaceId: string, ending: PlacedEnding): Uint8Array {
  const writer = new BinaryWriter().raw(headOf(workspaceId, ending))
  for (const change of ending.changes) writer.raw(partOf(change))
  writer.tag(of.streamVersion.number, WireType.Varint).uint64(BigInt(ending.version))
  for (const field of [of.occurredAt.number, of.recordedAt.number]) {
    writer.tag(field, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.Varint).int64(BigInt(Math.floor(ending.at.getTime() / 1_000)))
    writer
      .tag(2, WireType.Varint)
      .int32(ending.at.getUTCMilliseconds() * 1_000_000)
      .join()
  }
  return writer.finish()
}

/** Writes fields that are not empty. */
function fields() {
  const writer = new BinaryWriter()
  const written = {
    text(field: number, value: string) {
      if (value !== '') writer.tag(field, WireType.LengthDelimited).string(value)
      return written
    },
    bytes(field: number, value: Uint8Array) {
      writer.tag(field, WireType.LengthDelimited).bytes(value)
      return written
    },
    count(field: number, value: number) {
      if (value !== 0) writer.tag(field, WireType.Varint).uint32(value)
      return written
    },
    finish: () => writer.finish(),
  }
  return written
}
