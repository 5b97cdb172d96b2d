import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { RollupChangedSchema } from '@umbel/contracts'
import { withTrace } from '@umbel/kernel/trace'
import { CloudEvent as SdkEvent, Kafka as sdk } from 'cloudevents'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataOf, decodeEvent, encodeEvent, type OutgoingEvent } from './cloud-event.ts'

const rollup = create(RollupChangedSchema, { masterId: 'm-1', streamVersion: 7n })
const event: OutgoingEvent = {
  id: '0198c0de-0000-7000-8000-000000000001',
  source: '/umbel/linking',
  type: 'umbel.linking.events.v1.RollupChanged',
  subject: 'm-1',
  time: '2026-01-10T09:00:00Z',
  workspace: '0198c0de-0000-7000-8000-000000000002',
  sequence: '7',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  data: toBinary(RollupChangedSchema, rollup),
}
const encoded = encodeEvent('topic', 'key', event)
const slugOf = (headers: Record<string, string>, value: Uint8Array = event.data): string => {
  try {
    decodeEvent({ headers, value })
    return 'fine'
  } catch (error) {
    return (error as { slug: string }).slug
  }
}
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

describe('binary mode', () => {
  it('reads what it wrote', () => {
    const { traceparent, ...read } = decodeEvent(encoded)
    expect({ ...read, traceparent }).toEqual({ ...event, contentType: 'application/protobuf' })
    expect(dataOf(RollupChangedSchema, decodeEvent(encoded))).toEqual(rollup)
  })

  it('is what the CloudEvents SDK reads', () => {
    const read = sdk.toEvent({
      headers: encoded.headers,
      body: encoded.value,
      key: 'key',
      value: encoded.value,
    } as never)
    const seen = read as unknown as SdkEvent<Uint8Array>
    expect(seen).toMatchObject({
      id: event.id,
      source: event.source,
      type: event.type,
      subject: 'm-1',
      workspace: event.workspace,
      sequence: '7',
      dataschema: '/proto/umbel.linking.events.v1.RollupChanged',
      datacontenttype: 'application/protobuf',
    })
    expect(new Date(String(seen.time)).toISOString()).toBe('2026-01-10T09:00:00.000Z')
  })

  it('takes proto3 JSON', () => {
    const headers = { ...encoded.headers, 'content-type': 'application/json; charset=utf-8' }
    const read = decodeEvent({ headers, value: json(toJson(RollupChangedSchema, rollup)) })
    expect(dataOf(RollupChangedSchema, read)).toEqual(rollup)
  })

  it('belongs to the trace of the work that says it, unless it has its own', () => {
    const { traceparent: own, ...untraced } = event
    const around = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`
    const said = withTrace(around, () => [encodeEvent('topic', 'key', untraced), encodeEvent('topic', 'key', event)])
    expect(said.map(({ headers }) => headers.traceparent)).toEqual([around, own])
    expect(encodeEvent('topic', 'key', untraced).headers).not.toHaveProperty('traceparent')
  })
})

describe('structured mode', () => {
  const headers = { 'content-type': 'application/cloudevents+json' }
  const attributes = {
    specversion: '1.0',
    id: 'e-1',
    source: '/zendesk/acme',
    type: 'umbel.ticket.upserted.v1',
    subject: '77',
    workspace: event.workspace,
    sequence: '9',
  }

  it('takes data as JSON and as base64', () => {
    const asJson = decodeEvent({ headers, value: json({ ...attributes, data: toJson(RollupChangedSchema, rollup) }) })
    const base64 = Buffer.from(event.data).toString('base64')
    const asBinary = decodeEvent({ headers, value: json({ ...attributes, data_base64: base64 }) })
    for (const read of [asJson, asBinary]) {
      expect(read).toMatchObject({ id: 'e-1', source: '/zendesk/acme', subject: '77', sequence: '9', time: undefined })
      expect(dataOf(RollupChangedSchema, read)).toEqual(rollup)
    }
  })

  it('takes what the CloudEvents SDK writes', () => {
    const { specversion: _, ...given } = attributes
    const written = sdk.structured(new SdkEvent({ ...given, data: { masterId: 'm-1', streamVersion: '7' } }))
    const read = decodeEvent({ headers, value: Buffer.from(String(written.value)) })
    expect(dataOf(RollupChangedSchema, read)).toEqual(rollup)
  })
})

describe('what cannot be read', () => {
  it('is refused by name', () => {
    const structured = { 'content-type': 'application/cloudevents+json' }
    expect([
      slugOf({}),
      slugOf({ ...encoded.headers, 'content-type': 'text/plain' }),
      slugOf({ ...encoded.headers, ce_specversion: '0.3' }),
      ...['id', 'source', 'type', 'subject', 'workspace'].map((name) => slugOf(omit(encoded.headers, `ce_${name}`))),
      slugOf({ ...encoded.headers, ce_time: 'yesterday' }),
      slugOf({ ...encoded.headers, ce_sequence: '-1' }),
      slugOf({ ...encoded.headers, ce_subject: 'a\u0000b' }),
      slugOf(structured, Buffer.from([0xff, 0xfe])),
      slugOf(structured, json(['an', 'array'])),
    ]).toEqual([
      'content-type-unknown',
      'content-type-unknown',
      'specversion-unknown',
      ...Array.from({ length: 5 }, () => 'attribute-missing'),
      'time-unreadable',
      'sequence-unreadable',
      'attribute-unreadable',
      'json-unreadable',
      'envelope-unreadable',
    ])
  })

  it('never ends in anything but an event or an invalid', () => {
    const contentType = fc.constantFrom('application/protobuf', 'application/json', 'application/cloudevents+json', 'x')
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), contentType, fc.uint8Array(), (headers, type, value) => {
        const given = { ...encoded.headers, ...headers, 'content-type': type }
        try {
          dataOf(RollupChangedSchema, decodeEvent({ headers: given, value }))
        } catch (error) {
          expect(error).toMatchObject({ name: 'UmbelError', kind: 'invalid' })
        }
      }),
    )
  })
})

const omit = (headers: Readonly<Record<string, string>>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))
