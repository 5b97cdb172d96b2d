import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  isFieldSet,
  type JsonValue,
  toBinary,
} from '@bufbuild/protobuf'
import { topics } from '@umbel/contracts'
import { forbidden, invalid } from '@umbel/kernel'
import { encodeEvent, type Message } from '@umbel/messaging'
import type { ArrivedEvent } from './cloud-event.ts'

const inbound = topics.inbound.tickets
const types: ReadonlyMap<string, DescMessage> = new Map(Object.entries(inbound.types))

/** An arrived event for the inbound topic, in the name of the sender's own workspace. */
export function toInboundMessage(event: ArrivedEvent, workspaceId: string, traceparent: string | undefined): Message {
  const { attributes } = event
  const schema = types.get(attributes.type)
  if (schema === undefined)
    throw invalid('unknown-event-type', `${attributes.type} is not taken here`, { field: 'type' })
  const { source, type, subject, sequence, time } = attributes
  return encodeEvent(inbound.name, `${workspaceId}:${source}:${subject}`, {
    id: attributes.id,
    source,
    type,
    subject,
    sequence,
    // a sender that tells no time means now
    time: (time === undefined ? new Date() : new Date(time)).toISOString(),
    workspace: workspaceId,
    traceparent,
    data: payload(event, schema, workspaceId),
  })
}

function payload({ data }: ArrivedEvent, schema: DescMessage, workspaceId: string): Uint8Array {
  const message = decode(data, schema)
  const field = schema.fields.find(({ name }) => name === 'workspace_id')
  if (field === undefined) throw new TypeError(`${schema.typeName} names no workspace`)
  const held: unknown = isFieldSet(message, field) ? Reflect.get(message, field.localName) : ''
  if (held !== '' && held !== workspaceId)
    throw forbidden('wrong-workspace', 'the event names another workspace than its sender')
  return toBinary(schema, create(schema, { ...message, [field.localName]: workspaceId }))
}

function decode(data: ArrivedEvent['data'], schema: DescMessage) {
  try {
    if ('protobuf' in data) return fromBinary(schema, data.protobuf)
    return fromJson(schema, (data.json ?? {}) as JsonValue)
  } catch (cause) {
    throw invalid('malformed-event', `the data is no ${schema.typeName}`, { field: 'data', cause })
  }
}
