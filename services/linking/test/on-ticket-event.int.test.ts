import { ActorKind, LinkChangedSchema, LinkKind, RoleChangedSchema, RollupChangedSchema } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { dataOf } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hearLinking, openMaster, startWorld, type World } from './support.ts'
import type { Fact } from './tickets.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const source = '/helpdesk'
const opened: Fact = { case: 'opened', value: {} }
const masterDeclared: Fact = { case: 'masterDeclared', value: {} }
const declared = (id: string, primary = true): Fact => ({
  case: 'linkDeclared',
  value: { kind: LinkKind.CHILD, target: { source, id }, primary },
})
const withdrawn = (id: string, primary = true): Fact => ({
  case: 'linkWithdrawn',
  value: { kind: LinkKind.CHILD, target: { source, id }, primary },
})

/** A ticket as its source opened it. */
function arrive(id: string): string {
  const ticketId = world.tickets.add(world.workspaceId)
  world.tickets.names.set(ticketId, [{ source, id }])
  return ticketId
}

const rollupOf = async (masterId: string) =>
  (await world.linking.getRollup({ workspaceId: world.workspaceId, masterId })).rollup

describe('ticket events', () => {
  it('move the rollup of the master, and once only when they come twice', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const customerId = newId()
    const ticketIds = [tickets.add(workspaceId, { customerId }), tickets.add(workspaceId)]
    await linking.addChildren({ workspaceId, masterId, ticketIds })
    tickets.change(ticketIds[0] ?? '', { status: 'solved', priority: 'urgent' })
    const event = tickets.event(ticketIds[0] ?? '')
    await world.hear(event, event)
    await world.hear(event)
    const rollup = await rollupOf(masterId)
    expect(rollup).toMatchObject({ children: 2n, open: 1n, closed: 1n, customers: 1n, customerIds: [customerId] })
    const solved = rollup?.byStatus.find(({ count, status }) => count === 1n && status === 5)
    expect(solved).toBeDefined()
    const seen = await world.rows<{ drifts: number }>('select 1 from dead_letter')
    expect(seen).toEqual([])
  })

  it('tell the latest reply of a customer over all children', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const [one, two] = [tickets.add(workspaceId), tickets.add(workspaceId)]
    await linking.addChildren({ workspaceId, masterId, ticketIds: [one, two] })
    const reply = (commentId: string, kind: ActorKind = ActorKind.REQUESTER): Fact => ({
      case: 'commentAdded',
      value: { commentId, public: true, author: { kind, id: newId() } },
    })
    const [early, late] = [newId(), newId()]
    for (const ticketId of [one, two]) tickets.change(ticketId, {})
    await world.hear(
      tickets.event(two, [reply(late)], new Date('2026-03-02')),
      tickets.event(one, [reply(early)], new Date('2026-03-01')),
    )
    tickets.change(one, {})
    await world.hear(tickets.event(one, [reply(newId(), ActorKind.AGENT)], new Date('2026-03-03')))
    expect((await rollupOf(masterId))?.latestReply).toMatchObject({ ticketId: two, commentId: late })
    await linking.removeChildren({ workspaceId, masterId, ticketIds: [two] })
    expect((await rollupOf(masterId))?.latestReply).toMatchObject({ ticketId: one, commentId: early })
  })

  it('link a child that was declared before its master was there', async () => {
    const { tickets } = world
    const [childName, masterName] = [newId(), newId()]
    const child = arrive(childName)
    await world.hear(tickets.event(child, [opened, declared(masterName)]))
    const master = arrive(masterName)
    await world.hear(tickets.event(master, [opened]))
    expect(tickets.primaryLinks.get(child)).toBeUndefined()
    tickets.change(master, {})
    await world.hear(tickets.event(master, [masterDeclared]))
    await until(() => tickets.primaryLinks.get(child)?.masterId === master, { what: 'ticket knows the master' })
    expect(tickets.roles.get(master)).toBe(true)
    expect(await rollupOf(master)).toMatchObject({ children: 1n })
    expect(await world.rows('select 1 from pending_link where ticket_id = $1', [child])).toEqual([])
  })

  it('link what waited when an agent converts the ticket', async () => {
    const { tickets, linking, workspaceId } = world
    const [childName, masterName] = [newId(), newId()]
    const [child, master] = [arrive(childName), arrive(masterName)]
    tickets.states.set(master, { ...tickets.state(master), hasRequester: false })
    await world.hear(tickets.event(master, [opened]), tickets.event(child, [opened, declared(masterName)]))
    await linking.convertToMaster({ workspaceId, ticketId: master })
    expect(tickets.primaryLinks.get(child)?.masterId).toBe(master)
  })

  it('move and unlink children as their source says, with every step on the stream', async () => {
    const { tickets, broker } = world
    await using ears = await hearLinking(broker)
    const names = [newId(), newId()]
    const [first, second] = names.map(arrive)
    const child = arrive(newId())
    if (!first || !second) throw new Error('two masters')
    await world.hear(
      tickets.event(first, [opened, masterDeclared]),
      tickets.event(second, [opened, masterDeclared]),
      tickets.event(child, [opened, declared(names[0] ?? '')]),
    )
    tickets.change(child, {})
    await world.hear(tickets.event(child, [withdrawn(names[0] ?? ''), declared(names[1] ?? '')]))
    expect(await rollupOf(first)).toMatchObject({ children: 0n })
    expect(await rollupOf(second)).toMatchObject({ children: 1n })
    tickets.change(child, {})
    await world.hear(tickets.event(child, [withdrawn(names[1] ?? '')]))
    await until(() => tickets.primaryLinks.get(child)?.masterId === null, {
      what: 'ticket knows that nobody drives it',
    })
    const links = () =>
      ears
        .events()
        .filter(({ type, subject }) => type === LinkChangedSchema.typeName && subject === child)
        .map((event) => dataOf(LinkChangedSchema, event))
    await until(() => links().length === 4, { what: 'four link changes' })
    expect(links().map(({ streamVersion, ended, targetId }) => [Number(streamVersion), ended, targetId])).toEqual([
      [1, false, first],
      [2, true, first],
      [3, false, second],
      [4, true, second],
    ])
    const roles = ears.events().filter(({ type, subject }) => type === RoleChangedSchema.typeName && subject === first)
    expect(roles.map((event) => dataOf(RoleChangedSchema, event).master)).toEqual([true])
    const rollups = ears
      .events()
      .filter(({ type, subject }) => type === RollupChangedSchema.typeName && subject === second)
    const versions = rollups.map((event) => Number(dataOf(RollupChangedSchema, event).streamVersion))
    expect(versions).toEqual(versions.map((_, at) => at + 1))
  })

  it('that make a child of a master change nothing', async () => {
    const { tickets } = world
    const names = [newId(), newId()]
    const [one, other] = names.map(arrive)
    if (!one || !other) throw new Error('two masters')
    await world.hear(tickets.event(one, [opened, masterDeclared]), tickets.event(other, [opened, masterDeclared]))
    tickets.change(other, {})
    await world.hear(tickets.event(other, [declared(names[0] ?? '')]))
    expect(await rollupOf(one)).toMatchObject({ children: 0n })
    expect(await world.rows('select 1 from dead_letter')).toEqual([])
  })

  it('that went missing are made up for when the next one shows the gap', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const ticketId = tickets.add(workspaceId)
    await world.hear(tickets.event(ticketId, [opened]))
    await linking.addChildren({ workspaceId, masterId, ticketIds: [ticketId] })
    tickets.change(ticketId, { status: 'open' })
    tickets.change(ticketId, { status: 'pending' })
    await world.hear(tickets.event(ticketId))
    expect(await rollupOf(masterId)).toMatchObject({ children: 1n, open: 1n })
  })
})
