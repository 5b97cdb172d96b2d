import { create } from '@bufbuild/protobuf'
import { GetOutgoingResponseSchema, TicketService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Handlers, serveRpc } from '@umbel/rpc'
import { expect, it } from 'vitest'
import { rendered, ticketPeer } from './ticket-peer.ts'

const TEXT = 'x'.repeat(65_000)
const nothing = Object.fromEntries(
  TicketService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof TicketService>

it('asks for a page of long texts in halves, since one answer cannot hold them', async () => {
  let asked = 0
  const handlers: Handlers<typeof TicketService> = {
    ...nothing,
    getOutgoing: async ({ keys }) => {
      asked += 1
      return {
        outgoing: keys.map(({ ticketId, commentId }) => ({ ticketId, commentId, bodyId: commentId })),
        bodies: keys.map(({ commentId }) => ({ bodyId: commentId, text: TEXT })),
        workspaceName: 'Acme',
        mailDomain: 'acme.example',
      }
    },
  }
  const verify = () => Promise.resolve({ kind: 'service', id: 'n', workspaceId: null, actorId: null } as const)
  const services = [{ service: TicketService, handlers }]
  await using server = await serveRpc({ host: '127.0.0.1', port: 0, services, verify, log: { error: () => {} } })
  using peer = ticketPeer(`127.0.0.1:${server.port}`, () => Promise.resolve('token'))
  const keys = Array.from({ length: 100 }, () => ({ ticketId: newId(), commentId: newId() }))
  const { outgoing, bodies, mailDomain } = await peer.getOutgoing(newId(), keys)
  expect(outgoing.map(({ commentId }) => commentId)).toEqual(keys.map(({ commentId }) => commentId))
  expect([bodies.size, mailDomain, asked]).toEqual([100, 'acme.example', 3])
})

it('puts each child’s own values into its own text, and leaves texts without values as they are', () => {
  const said = create(GetOutgoingResponseSchema, {
    outgoing: [
      { commentId: 'c-1', bodyId: 'b-1', values: { values: { 'requester.name': 'Ada' } } },
      { commentId: 'c-2', bodyId: 'b-1', values: { values: {} } },
      { commentId: 'c-3', bodyId: 'b-2' },
    ],
    bodies: [
      { bodyId: 'b-1', text: 'Hello {{requester.name | there}}' },
      { bodyId: 'b-2', text: 'Braces {{ stay' },
    ],
  })
  const { outgoing, bodies } = rendered(said)
  expect(outgoing.map(({ bodyId }) => bodies.get(bodyId))).toEqual(['Hello Ada', 'Hello there', 'Braces {{ stay'])
})
