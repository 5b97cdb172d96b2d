import { create, fromBinary } from '@bufbuild/protobuf'
import { ResolveActorResponseSchema, TicketStatus, TicketUpsertedSchema } from '@umbel/contracts'
import { describe, expect, it } from 'vitest'
import { type Asked, peer, startDesk, workspaceId } from './world.ts'

const event = {
  specversion: '1.0',
  id: 'A-1:3',
  source: '/crm',
  type: 'umbel.ticket.upserted.v1',
  subject: 'A-1',
  sequence: '3',
  time: '2026-01-05T10:00:00Z',
}
const data = { subject: 'Cannot log in', status: 'TICKET_STATUS_OPEN' }
const structured = (value: unknown): Asked => ({
  raw: JSON.stringify(value),
  headers: { 'content-type': 'application/cloudevents+json' },
})
const binary = (given: Readonly<Record<string, string>>, body: unknown): Asked => ({
  body,
  headers: Object.fromEntries(Object.entries(given).map(([name, value]) => [`ce-${name}`, value])),
})

describe('upstream events over HTTP', () => {
  it.each([
    ['structured', structured({ ...event, data })],
    ['binary', binary(event, data)],
  ])('publishes what came in %s mode, in the name of the sender', async (_mode, asked) => {
    await using desk = await startDesk()
    const { status, json } = await desk.ask('POST', '/v1/events', asked)
    expect([status, json]).toEqual([202, { accepted: 1 }])
    const [message] = desk.published
    expect(message).toMatchObject({
      topic: 'umbel.inbound.tickets.v1',
      key: `${workspaceId}:/crm:A-1`,
      headers: { ce_id: 'A-1:3', ce_sequence: '3', ce_workspace: workspaceId },
    })
    const sent = fromBinary(TicketUpsertedSchema, message?.value ?? new Uint8Array())
    expect(sent).toMatchObject({ workspaceId, subject: 'Cannot log in', status: TicketStatus.OPEN })
  })

  it('takes a batch in order', async () => {
    await using desk = await startDesk()
    const batch = ['1', '2', '3'].map((sequence) => ({ ...event, id: `A-1:${sequence}`, sequence, data }))
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const { json } = await desk.ask('POST', '/v1/events', { raw: JSON.stringify(batch), headers })
    expect(json).toEqual({ accepted: 3 })
    expect(desk.published.map((message) => message.headers.ce_sequence)).toEqual(['1', '2', '3'])
  })

  it.each([
    ['a type nobody takes', structured({ ...event, type: 'x' }), 400, 'unknown-event-type'],
    ['no sequence', structured({ ...event, sequence: undefined }), 400, 'invalid-field'],
    ['another specversion', structured({ ...event, specversion: '0.3' }), 400, 'invalid-field'],
    ['a status nobody knows', structured({ ...event, data: { status: 'DONE' } }), 400, 'malformed-event'],
    ['a field nobody knows', structured({ ...event, data: { colour: 'red' } }), 400, 'malformed-event'],
    ['another workspace', structured({ ...event, data: { workspaceId: 'w-2' } }), 403, 'wrong-workspace'],
    ['broken JSON', { raw: '{', headers: { 'content-type': 'application/cloudevents+json' } }, 400, 'malformed-json'],
    [
      'truncated protobuf',
      {
        ...binary(event, {}),
        raw: new Uint8Array([10, 50, 1]),
        headers: { ...binary(event, {}).headers, 'content-type': 'application/protobuf' },
      },
      400,
      'malformed-event',
    ],
    ['another media type', { raw: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
  ] as const)('refuses %s, and publishes nothing', async (_what, asked, status, slug) => {
    await using desk = await startDesk()
    const { json } = await desk.ask('POST', '/v1/events', asked)
    expect(json).toMatchObject({ status, slug })
    expect(desk.published).toEqual([])
  })

  it('publishes nothing for a sender who may not', async () => {
    await using desk = await startDesk({
      ticket: peer('ticket', { resolveActor: async () => create(ResolveActorResponseSchema, { role: 'agent' }) }),
    })
    expect((await desk.ask('POST', '/v1/events', structured({ ...event, data }))).status).toBe(403)
    expect(desk.published).toEqual([])
  })
})
