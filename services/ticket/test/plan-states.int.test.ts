import { DirectoryChangedSchema, DirectoryKind, ItemOutcome, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { dataOf, decodeEvent, type Received } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Child, children, sendPage } from './pages.ts'
import { startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

async function requester(more: object) {
  const { workspaceId } = world
  const given = { name: 'Ada Lovelace', email: `${newId()}@customer.test`, ...more }
  const { requester: made } = await world.directory.putRequester({ workspaceId, requester: given })
  return { ...given, id: made?.id ?? '' }
}

describe('what a plan asks', () => {
  it('is each ticket’s own values, of the variables named, and its customer’s language', async () => {
    const { workspaceId, people } = world
    const { customer } = await world.directory.putCustomer({ workspaceId, customer: { name: 'Acme' } })
    const ada = await requester({ customerId: customer?.id ?? '', locale: 'de-at' })
    const open = (more: object) => world.tickets.openTicket({ workspaceId, subject: 'VPN', ...more })
    const one = (await open({ requesterId: ada.id, assigneeId: people.grace })).ticket
    const two = (await open({})).ticket
    const ask = { workspaceId, ticketIds: [one?.id ?? '', two?.id ?? ''] }
    const variables = ['requester.first_name', 'customer.name', 'workspace.name', 'agent.name', 'ticket.subject']
    const { states } = await world.tickets.getTicketStates({ ...ask, variables }, { actorId: people.grace })
    const ours = { 'workspace.name': 'Desk', 'agent.name': 'Grace Agent', 'ticket.subject': 'VPN' }
    expect(states[0]).toMatchObject({ assigneeId: people.grace, locale: 'de-AT', customerWaits: false })
    expect(states[0]?.values).toEqual({ ...ours, 'requester.first_name': 'Ada', 'customer.name': 'Acme' })
    expect(states[1]?.values).toEqual({ ...ours, 'requester.first_name': '', 'customer.name': '' })
    expect((await world.tickets.getTicketStates(ask)).states[0]?.values).toEqual({})
    const unknown = world.tickets.getTicketStates({ ...ask, variables: ['master.subject'] })
    await expect(unknown).rejects.toMatchObject({ kind: 'invalid', slug: 'variable-unknown' })
  })

  it('says where no mail can go: to nobody, and to a requester without an address', async () => {
    const { workspaceId } = world
    const [ada, bob] = [await requester({}), await requester({ email: '' })]
    const open = async (more: object) =>
      (await world.tickets.openTicket({ workspaceId, subject: 'VPN', ...more })).ticket
    const opened = [await open({ requesterId: ada.id }), await open({ requesterId: bob.id }), await open({})]
    const ticketIds = opened.map((ticket) => ticket?.id ?? '')
    const { states } = await world.tickets.getTicketStates({ workspaceId, ticketIds })
    expect(states.map(({ unaddressed }) => unaddressed)).toEqual([false, true, true])
  })

  it('knows no language that is none', async () => {
    await expect(requester({ locale: 'not a tag' })).rejects.toMatchObject({ kind: 'invalid', slug: 'bad-locale' })
  })
})

it('the directory says addresses and customers, also when only they change', async () => {
  const heard: Received[] = []
  await using _subscription = await world.broker.subscribe({
    group: 'test.directory',
    topics: [topics.ticket.directory.name],
    onBatch: async ({ messages }) => void heard.push(...messages),
  })
  const { workspaceId } = world
  const { customer } = await world.directory.putCustomer({ workspaceId, customer: { name: 'Acme' } })
  const made = await requester({})
  await world.directory.putRequester({ workspaceId, requester: { ...made, customerId: customer?.id ?? '' } })
  await world.directory.putRequester({ workspaceId, requester: { ...made, email: `${made.id}@two.test` } })
  const said = () =>
    heard.map((message) => dataOf(DirectoryChangedSchema, decodeEvent(message))).filter(({ id }) => id === made.id)
  await until(() => said().length >= 3, { what: 'three events of the requester', deadlineMs: 20_000 })
  expect(said()).toMatchObject([
    { kind: DirectoryKind.REQUESTER, email: made.email, customerId: '' },
    { email: made.email, customerId: customer?.id },
    { email: `${made.id}@two.test`, customerId: '' },
  ])
})

it('reads no form fields, which may be large; neither do pages', async () => {
  const { workspaceId } = world
  const [child] = (await children(world, 1)) as [Child]
  const operationId = newId()
  await world.tickets.armOperation({ workspaceId, operationId, epoch: 1n })
  const columns = await world.rows<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = 'ticket'::regclass and attnum > 0 and not attisdropped and attname <> 'fields'",
  )
  await world.rows('revoke select on ticket from ticket_app')
  await world.rows(`grant select (${columns.map(({ name }) => name).join(', ')}) on ticket to ticket_app`)
  await expect(world.tickets.getTicket({ workspaceId, id: child.ticketId })).rejects.toThrow() // it shows them
  const { states } = await world.tickets.getTicketStates({ workspaceId, ticketIds: [child.ticketId] })
  expect(states).toMatchObject([{ subject: 'child 0', linkId: child.linkId }])
  const { outcomes } = await sendPage(world, {
    operationId,
    effect: { case: 'broadcast', value: {} },
    items: [child],
    text: 'Hello',
  })
  expect(outcomes).toMatchObject([{ outcome: ItemOutcome.APPLIED }])
})
