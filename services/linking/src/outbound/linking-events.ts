import { create, toBinary } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { LinkChangedSchema, RoleChangedSchema, RollupChangedSchema, topics, toWireLinkKind } from '@umbel/contracts'
import type { Now } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { appendToOutbox, type OutboxMessage, outgoing } from '@umbel/messaging'
import type { LinkingEvent } from '../domain/events.ts'
import type { Say } from '../store/save-book.ts'
import { toWireCause, toWirePurpose } from '../wire.ts'

const SOURCE = '/umbel/linking'

/** Puts what happened into the outbox of the transaction in which it happened. */
export const sayWith =
  (now: Now): Say =>
  async ({ trx, workspaceId }, events) => {
    const recordedAt = now()
    await appendToOutbox(
      trx,
      events.map((event) => toMessage(workspaceId, event, recordedAt)),
    )
  }

function toMessage(workspaceId: string, event: LinkingEvent, recordedAt: Date): OutboxMessage {
  const { type, subject, data } = encode(workspaceId, event, recordedAt)
  return outgoing(topics.linking.events.name, `${workspaceId}:${subject}`, {
    id: newId(),
    source: SOURCE,
    type,
    subject,
    time: recordedAt.toISOString(),
    workspace: workspaceId,
    sequence: String(event.streamVersion),
    data,
  })
}

function encode(workspaceId: string, event: LinkingEvent, at: Date) {
  const shared = {
    workspaceId,
    streamVersion: BigInt(event.streamVersion),
    cause: toWireCause(event.cause),
    recordedAt: timestampFromDate(at),
  }
  switch (event.type) {
    case 'link-changed': {
      const { link, ended, linkSeq, occurredAt } = event
      const { linkId, ticketId, targetId, primary } = link
      const changed = create(LinkChangedSchema, {
        ...shared,
        occurredAt: timestampFromDate(occurredAt),
        linkId,
        ticketId,
        targetId,
        primary,
        ended,
        kind: toWireLinkKind(link.kind),
        purpose: toWirePurpose(link.purpose),
        linkSeq: BigInt(linkSeq),
      })
      return { type: LinkChangedSchema.typeName, subject: ticketId, data: toBinary(LinkChangedSchema, changed) }
    }
    case 'role-changed': {
      const { ticketId, master } = event
      const changed = create(RoleChangedSchema, { ...shared, ticketId, master })
      return { type: RoleChangedSchema.typeName, subject: ticketId, data: toBinary(RoleChangedSchema, changed) }
    }
    case 'rollup-changed': {
      const { masterId, children, open, closed } = event
      const counts = { children: BigInt(children), open: BigInt(open), closed: BigInt(closed) }
      const changed = create(RollupChangedSchema, { ...shared, masterId, ...counts })
      return { type: RollupChangedSchema.typeName, subject: masterId, data: toBinary(RollupChangedSchema, changed) }
    }
  }
}
