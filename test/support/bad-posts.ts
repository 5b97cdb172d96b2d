import { create, toBinary } from '@bufbuild/protobuf'
import { TicketUpsertedSchema } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import type { Ask } from './rest.ts'
import type { Workspace } from './workspace.ts'

export interface BadPost {
  readonly what: string
  readonly ask: (workspace: Workspace) => Omit<Ask, 'token'>
  readonly status: number
  readonly slug: string
}

const STRUCTURED = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'

/** A CloudEvent as upstream posts it. */
export const eventFor = ({ source }: Workspace, changed: object = {}): object => ({
  specversion: '1.0',
  id: newId(),
  source,
  type: 'umbel.ticket.upserted.v1',
  subject: 'posted-badly',
  sequence: 1,
  data: { subject: 'Posted badly' },
  ...changed,
})

export const posted = (body: string | Uint8Array<ArrayBuffer>, type: string, headers = {}): Omit<Ask, 'token'> => ({
  method: 'POST',
  path: '/v1/events',
  headers: { 'content-type': type, ...headers },
  body,
})

const bad = (what: string, ask: BadPost['ask'], status = 400, slug = 'invalid-field'): BadPost => ({
  what,
  ask,
  status,
  slug,
})
const structured = (changed: object) => (workspace: Workspace) =>
  posted(JSON.stringify(eventFor(workspace, changed)), STRUCTURED)
const batch = (events: (workspace: Workspace) => readonly unknown[]) => (workspace: Workspace) =>
  posted(JSON.stringify(events(workspace)), BATCH)

const PROTOBUF = toBinary(TicketUpsertedSchema, create(TicketUpsertedSchema, { subject: 'Posted badly' }))
const binary =
  (body: Uint8Array<ArrayBuffer>, headers = {}) =>
  ({ source }: Workspace) =>
    posted(body, 'application/protobuf', {
      'ce-specversion': '1.0',
      'ce-id': newId(),
      'ce-source': source,
      'ce-type': 'umbel.ticket.upserted.v1',
      'ce-subject': 'posted-badly',
      'ce-sequence': '1',
      ...headers,
    })

/** Events over HTTP that are refused at the door, by what they are answered. */
export const badPosts: readonly BadPost[] = [
  bad('JSON that is cut', () => posted('{"specversion":"1.0","id"', STRUCTURED), 400, 'malformed-json'),
  bad('a batch that is cut', () => posted('[{"specversion":"1.0"},', BATCH), 400, 'malformed-json'),
  bad('an empty batch', () => posted('[]', BATCH)),
  bad(
    'a batch of 1,001',
    batch((workspace) => Array.from({ length: 1001 }, () => eventFor(workspace))),
  ),
  bad(
    'a batch with one that is wrong',
    batch((workspace) => [eventFor(workspace), eventFor(workspace, { id: '' })]),
  ),
  bad('an event of 5 MB', structured({ data: { subject: 'x'.repeat(5 * 1024 * 1024) } }), 413, 'body-too-large'),
  bad('another version', structured({ specversion: '0.3' })),
  bad('no sequence', structured({ sequence: undefined })),
  bad('a sequence of words', structured({ sequence: 'first' })),
  bad('a time of words', structured({ time: 'yesterday' })),
  bad('a type nobody knows', structured({ type: 'umbel.ticket.exploded.v1' }), 400, 'unknown-event-type'),
  bad('data of another shape', structured({ data: { subject: 7 } }), 400, 'malformed-event'),
  bad('data that is a list', structured({ data: [] }), 400, 'malformed-event'),
  bad('data that is no base64', structured({ data: undefined, data_base64: '***' })),
  bad(
    'data of another workspace',
    structured({ data: { subject: 'x', workspaceId: newId() } }),
    403,
    'wrong-workspace',
  ),
  bad('protobuf that is cut', binary(PROTOBUF.slice(0, -1)), 400, 'malformed-event'),
  bad('noise', binary(Uint8Array.from({ length: 64 }, (_, at) => 255 - at)), 400, 'malformed-event'),
  bad('protobuf of 5 MB', binary(new Uint8Array(5 * 1024 * 1024)), 413, 'body-too-large'),
  bad('protobuf without an id', binary(PROTOBUF, { 'ce-id': '' })),
  bad('a header that is not well encoded', binary(PROTOBUF, { 'ce-subject': '%zz' })),
  bad('plain text', () => posted('hello', 'text/plain'), 415, 'unsupported-media-type'),
]
