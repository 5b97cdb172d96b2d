import { type DescMessage, fromBinary, fromJson, type JsonValue, type MessageShape, toBinary } from '@bufbuild/protobuf'
import { invalid } from '@umbel/kernel'
import { currentTraceparent } from '@umbel/kernel/trace'
import type { Message, Received } from './message.ts'

/** A CloudEvents 1.0 event; `data` still as it came. */
export interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  /** RFC 3339; undefined where the sender gave none. */
  readonly time: string | undefined
  readonly workspace: string
  /** Decimal digits; undefined where the sender gave none. */
  readonly sequence: string | undefined
  readonly traceparent: string | undefined
  readonly contentType: 'application/protobuf' | 'application/json'
  readonly data: Uint8Array
}

/** What we say: the attributes of an event and its encoded data. */
export interface OutgoingEvent {
  readonly id: string
  /** The service that says it, as a path: `/umbel/ticket`. */
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly workspace: string
  readonly sequence: string
  readonly traceparent?: string | undefined
  readonly data: Uint8Array
}

const CONTROL = /[\p{Cc}\p{Cs}]/u
const PROTOBUF = 'application/protobuf'
const JSON_TYPE = 'application/json'
const STRUCTURED = 'application/cloudevents+json'

/** CloudEvents' Kafka binding, binary mode: attributes as `ce_` headers, the data as the value. */
export const eventHeaders = (event: OutgoingEvent): Record<string, string> => ({
  'content-type': PROTOBUF,
  ce_specversion: '1.0',
  ce_id: event.id,
  ce_source: event.source,
  ce_type: event.type,
  ce_subject: event.subject,
  ce_time: event.time,
  ce_dataschema: `/proto/${event.type}`,
  ce_workspace: event.workspace,
  ce_sequence: event.sequence,
  ...traceOf(event),
})

/** The event's own trace, or the one that the work is in. */
function traceOf({ traceparent = currentTraceparent() }: OutgoingEvent): { traceparent?: string } {
  return traceparent === undefined ? {} : { traceparent }
}

/** An event as a message of a topic. */
export const encodeEvent = (topic: string, key: string, event: OutgoingEvent): Message => ({
  topic,
  key,
  value: event.data,
  headers: eventHeaders(event),
})

/** Reads binary and structured mode. Throws `invalid` with a slug that says what is wrong. */
export function decodeEvent({ headers, value }: Pick<Received, 'headers' | 'value'>): CloudEvent {
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (contentType === STRUCTURED) return structured(headers, value)
  if (contentType !== PROTOBUF && contentType !== JSON_TYPE)
    throw invalid('content-type-unknown', `content-type ${contentType || 'is missing'}`, { field: 'content-type' })
  const attribute = (name: string) => headers[`ce_${name}`]
  return checked({ attribute, traceparent: headers.traceparent, contentType, data: value })
}

function structured(headers: Received['headers'], value: Uint8Array): CloudEvent {
  const envelope = parseJson(value)
  if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope))
    throw invalid('envelope-unreadable', 'a structured event is a JSON object')
  const attribute = (name: string) => {
    const found = envelope[name]
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined
  }
  const { data, data_base64: base64 } = envelope
  const binary = typeof base64 === 'string'
  return checked({
    attribute,
    traceparent: attribute('traceparent') ?? headers.traceparent,
    contentType: binary ? PROTOBUF : JSON_TYPE,
    data: binary ? Buffer.from(base64, 'base64') : Buffer.from(JSON.stringify(data ?? {})),
  })
}

interface Raw {
  readonly attribute: (name: string) => string | undefined
  readonly traceparent: string | undefined
  readonly contentType: CloudEvent['contentType']
  readonly data: Uint8Array
}

function checked({ attribute, traceparent, contentType, data }: Raw): CloudEvent {
  const needed = (name: string): string => {
    const found = attribute(name)
    if (found === undefined || found === '')
      throw invalid('attribute-missing', `the event has no ${name}`, { field: name })
    // CloudEvents forbids them, and Postgres cannot keep them
    if (CONTROL.test(found)) throw invalid('attribute-unreadable', `${name} has control characters`, { field: name })
    return found
  }
  if (needed('specversion') !== '1.0')
    throw invalid('specversion-unknown', 'specversion is not 1.0', { field: 'specversion' })
  const time = attribute('time')
  if (time !== undefined && Number.isNaN(Date.parse(time)))
    throw invalid('time-unreadable', 'time is no RFC 3339 instant', { field: 'time' })
  const sequence = attribute('sequence')
  if (sequence !== undefined && !/^\d{1,20}$/.test(sequence))
    throw invalid('sequence-unreadable', 'sequence is no unsigned integer', { field: 'sequence' })
  return {
    id: needed('id'),
    source: needed('source'),
    type: needed('type'),
    subject: needed('subject'),
    workspace: needed('workspace'),
    time,
    sequence,
    traceparent,
    contentType,
    data,
  }
}

/** The event's data as its message. Throws `invalid` (`data-unreadable`). */
export function dataOf<D extends DescMessage>(schema: D, { contentType, data }: CloudEvent): MessageShape<D> {
  try {
    if (contentType === PROTOBUF) return fromBinary(schema, data)
    return fromJson(schema, parseJson(data), { ignoreUnknownFields: true })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw invalid('data-unreadable', `the data is no ${schema.typeName}: ${why}`, { cause })
  }
}

/** Encodes a message for an event's data. */
export const dataFrom = <D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array =>
  toBinary(schema, message)

function parseJson(bytes: Uint8Array): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw invalid('json-unreadable', 'the JSON cannot be read', { cause })
  }
}
