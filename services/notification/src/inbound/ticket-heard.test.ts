import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { ActorKind, CauseKind, TicketChangedSchema } from '@umbel/contracts'
import type { CloudEvent } from '@umbel/messaging'
import { expect, it } from 'vitest'
import { hearTicket } from './ticket-heard.ts'

const changed = create(TicketChangedSchema, {
  workspaceId: '018f0000-0000-7000-8000-000000000001',
  ticketId: '018f0000-0000-7000-8000-000000000002',
  version: 300n,
  quiet: true,
  cause: { kind: CauseKind.OPERATION, id: 'c', rootId: 'r', operationId: 'op', step: 2, actor: { id: 'a' } },
  state: { number: 1n, subject: 'Grüße', requesterId: 'requester', labels: ['a', 'b'] },
  facts: [
    { fact: { case: 'opened', value: {} } },
    { fact: { case: 'commentAdded', value: { commentId: 'one', public: true, author: { kind: ActorKind.AGENT } } } },
    { fact: { case: 'labelsChanged', value: { added: ['x'] } } },
    { fact: { case: 'commentAdded', value: { commentId: 'two', bodyId: 'b' } } },
  ],
})
const event = (contentType: CloudEvent['contentType'], data: Uint8Array) => ({ contentType, data }) as CloudEvent

it('reads the same at a glance, from JSON, and from the whole', () => {
  const glance = hearTicket(event('application/protobuf', toBinary(TicketChangedSchema, changed)))
  const json = Buffer.from(JSON.stringify(toJson(TicketChangedSchema, changed)))
  const { whole: fromJson, ...other } = hearTicket(event('application/json', json))
  expect(glance).toMatchObject(other)
  expect(glance.whole()).toEqual(changed)
  expect(fromJson()).toEqual(changed)
  expect(other).toMatchObject({ version: 300, requesterId: 'requester', quiet: true })
  expect(other.cause).toMatchObject({ operationId: 'op', step: 2 })
  expect(other.comments.map(({ commentId }) => commentId)).toEqual(['one', 'two'])
})

it('tells what is no event', () => {
  const cut = toBinary(TicketChangedSchema, changed).subarray(0, 50)
  expect(() => hearTicket(event('application/protobuf', cut))).toThrow('is no umbel.ticket.events.v1.TicketChanged')
})
