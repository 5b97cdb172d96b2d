import { create, toBinary } from '@bufbuild/protobuf'
import { TicketCommentedSchema } from '@umbel/contracts'
import type { Message } from '@umbel/messaging'
import { type Upsert, upsertMessage } from './upstream.ts'
import type { Workspace } from './workspace.ts'

export interface BadEvent {
  /** Also the subject of its key. */
  readonly what: string
  /** What the dead letter gives as its reason. */
  readonly reason: string
  readonly spoil: (good: Message) => Message
  readonly ticket?: Upsert['ticket']
}

const bad = (what: string, reason: string, spoil: BadEvent['spoil'], ticket?: Upsert['ticket']): BadEvent => ({
  what,
  reason,
  spoil,
  ...(ticket === undefined ? {} : { ticket }),
})
const same = (message: Message): Message => message
const headers = (changed: Readonly<Record<string, string>>) => (message: Message) => ({
  ...message,
  headers: { ...message.headers, ...changed },
})
const without = (name: string) => (message: Message) => {
  const { [name]: _, ...kept } = message.headers
  return { ...message, headers: kept }
}
const value = (bytes: Uint8Array) => (message: Message) => ({ ...message, value: bytes })
const text =
  (json: string, type = 'application/cloudevents+json') =>
  (message: Message) =>
    headers({ 'content-type': type })(value(Buffer.from(json))(message))

const COMMENT = toBinary(TicketCommentedSchema, create(TicketCommentedSchema, { text: 'Hello.', public: true }))

/** What upstream may send by mistake, and what each of them dies of. */
export const badEvents: readonly BadEvent[] = [
  bad('cut', 'data-unreadable', (message) => ({ ...message, value: message.value.slice(0, -1) })),
  bad('noise', 'data-unreadable', value(Uint8Array.from({ length: 64 }, (_, at) => 255 - at))),
  bad('json-cut', 'json-unreadable', text('{"specversion":"1.0","id":')),
  bad('json-list', 'envelope-unreadable', text('[]')),
  bad('json-data-cut', 'data-unreadable', text('{"subject":', 'application/json')),
  bad('json-data-wrong', 'data-unreadable', text('{"subject":7}', 'application/json')),
  bad('untyped', 'content-type-unknown', without('content-type')),
  bad('nameless', 'attribute-missing', without('ce_id')),
  bad('old', 'specversion-unknown', headers({ ce_specversion: '0.3' })),
  bad('unheard-of', 'event-type-unknown', headers({ ce_type: 'umbel.ticket.exploded.v1' })),
  bad('uncounted', 'sequence-missing', without('ce_sequence')),
  bad('miscounted', 'sequence-unreadable', headers({ ce_sequence: 'first' })),
  bad('timeless', 'time-unreadable', headers({ ce_time: 'yesterday' })),
  bad('unprintable', 'attribute-unreadable', headers({ ce_subject: 'a\r\nb' })),
  bad('stranger', 'source-unknown', headers({ ce_source: '/not/registered' })),
  bad('injected', 'control-character', same, { subject: 'x\r\nBcc: all@example.org' }),
  bad('wordy', 'subject-too-long', same, { subject: 'x'.repeat(501) }),
  bad('heavy', 'text-too-long', same, { subject: 'x', description: 'x'.repeat(900_000) }),
  bad('early', 'subject-unknown', (message) =>
    headers({ ce_type: 'umbel.ticket.commented.v1' })(value(COMMENT)(message)),
  ),
]

/** The bad event as it is sent: each under a key of its own. */
export const toMessage = (workspace: Workspace, { what, spoil, ticket }: BadEvent): Message =>
  spoil(upsertMessage(workspace, { subject: what, sequence: 1, ticket: ticket ?? { subject: what } }))
