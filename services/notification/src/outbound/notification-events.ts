import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { NotificationChangedSchema, NotificationState, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, eventHeaders, type OutgoingEvent, outgoing } from '@umbel/messaging'
import type { State } from '../domain/notification.ts'
import type { Change, TellChanges, VersionedChange } from '../store/stream-store.ts'
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

/** NotificationChanged for each change, through the outbox, keyed by ticket. */
export const tellNotificationChanged: TellChanges = (trx, workspaceId, changes) =>
  appendToOutbox(
    trx,
    changes.map((change) =>
      outgoing(topics.notification.events.name, `${workspaceId}:${change.ticketId}`, {
        ...eventOf(workspaceId, change),
        time: change.at.toISOString(),
        sequence: String(change.version),
        data: versioned(dataOf(workspaceId, change), change),
      }),
    ),
  )

/** The same where the database knows the version and the time, and puts them in. */
export const telling: Telling = {
  topic: topics.notification.events.name,
  headersOf: (workspaceId, change) =>
    JSON.stringify(eventHeaders({ ...eventOf(workspaceId, change), time: '', sequence: '', data: NOTHING })),
  dataOf,
}

const NOTHING = new Uint8Array()

const eventOf = (workspaceId: string, change: Change): Omit<OutgoingEvent, 'time' | 'sequence' | 'data'> => ({
  id: newId(),
  source: '/umbel/notification',
  type: NotificationChangedSchema.typeName,
  subject: change.ticketId,
  workspace: workspaceId,
})

/**
 * Everything but version and times. Written field by field: the cause is passed on as it came, and a message object
 * for each of ten thousand mails would cost more than its bytes.
 */
function dataOf(workspaceId: string, change: Change): Uint8Array {
  const writer = new BinaryWriter()
  const text = (field: number, value: string) =>
    value === '' ? writer : writer.tag(field, WireType.LengthDelimited).string(value)
  const count = (field: number, value: number) =>
    value === 0 ? writer : writer.tag(field, WireType.Varint).uint32(value)
  text(1, workspaceId)
  text(2, change.ticketId)
  writer.tag(4, WireType.LengthDelimited).bytes(change.cause)
  text(7, change.id)
  count(8, outcomeOf[change.state])
  text(9, change.reason)
  text(10, change.channel)
  text(11, change.operationId ?? '')
  count(12, change.step)
  count(13, change.attempts)
  return writer.finish()
}

function versioned(data: Uint8Array, { version, at }: VersionedChange): Uint8Array {
  const writer = new BinaryWriter().raw(data).tag(3, WireType.Varint).uint64(BigInt(version))
  for (const field of [5, 6]) {
    writer.tag(field, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.Varint).int64(BigInt(Math.floor(at.getTime() / 1_000)))
    writer
      .tag(2, WireType.Varint)
      .int32(at.getUTCMilliseconds() * 1_000_000)
      .join()
  }
  return writer.finish()
}
