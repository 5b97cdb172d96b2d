import { TicketCommentedSchema, TicketUpsertedSchema } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { send, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const TURNED = 'pay \u202ehere\u2069'

it('people may not turn the direction of what they write', async () => {
  const { workspaceId, people } = world
  const { ticket } = await world.tickets.openTicket({ workspaceId, subject: 'VPN' })
  const id = ticket?.id ?? ''
  const grace = world.asAgent(people.grace)
  for (const refused of [
    () => grace.addComment({ workspaceId, ticketId: id, text: TURNED }),
    () => grace.updateTicket({ workspaceId, id, subject: TURNED }),
    () => grace.openTicket({ workspaceId, subject: TURNED }),
  ])
    await expect(refused()).rejects.toMatchObject({ kind: 'invalid', slug: 'bidi-override' })
})

it('what sources and customers send is taken without the signs that do it', async () => {
  const { workspaceId } = world
  const subject = 'INC-turned'
  await send(world, [
    {
      type: 'umbel.ticket.upserted.v1',
      schema: TicketUpsertedSchema,
      data: {
        workspaceId,
        subject: TURNED,
        requester: { externalId: 'r-1', name: 'Rita', email: 'rita@customer.test' },
      },
      subject,
      sequence: 1,
    },
    {
      type: 'umbel.ticket.commented.v1',
      schema: TicketCommentedSchema,
      data: { workspaceId, public: true, text: TURNED, author: { case: 'requester', value: { externalId: 'r-1' } } },
      subject,
      sequence: 2,
    },
  ])
  const { tickets } = await world.tickets.listTickets({
    workspaceId,
    externalSource: world.source,
    externalId: subject,
  })
  const ticketId = tickets[0]?.id ?? ''
  const mail = { messageId: `<${newId()}@c>`, text: TURNED, senderAddress: 'rita@customer.test' }
  await world.tickets.addReply({ workspaceId, ticketId, ...mail })
  expect(tickets[0]?.subject).toBe('pay here')
  const { comments } = await world.tickets.listComments({ workspaceId, ticketId })
  expect(comments.map(({ text }) => text)).toEqual(['pay here', 'pay here'])
})
