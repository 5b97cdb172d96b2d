import type { MessageInitShape } from '@bufbuild/protobuf'
import { type ListChildrenRequestSchema, TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clockEvent, operationEvent } from './neighbours.ts'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

describe('children', () => {
  it('are chosen by labels, customers, projects, clocks and when they joined', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const [customerId, projectId] = [newId(), newId()]
    const add = (labels: string[], state: { customerId?: string; projectId?: string; status?: 'solved' } = {}) =>
      tickets.add(workspaceId, { ...state, detail: { number: 1, requesterId: null, labels } })
    const ids = [
      add(['vip', 'eu'], { customerId }),
      add(['eu'], { projectId }),
      add([], { customerId, status: 'solved' }),
    ]
    const [one = '', two = '', three = ''] = ids
    await world.hear(
      clockEvent(workspaceId, one, 'breached'), // before anybody has told of the ticket
      clockEvent(workspaceId, two, 'at_risk'),
      clockEvent(workspaceId, two, 'ok', 2),
    )
    await linking.addChildren({ workspaceId, masterId, ticketIds: ids }) // ticket is asked for them
    const events = ids.map((id) => tickets.event(id))
    await world.hear(...events, ...events) // of the version that ticket told already
    const listed = async (filter: MessageInitShape<typeof ListChildrenRequestSchema>) =>
      (await linking.listChildren({ ...filter, workspaceId, masterId })).children.map(({ ticketId }) => ticketId)
    expect(await listed({ labels: ['vip', 'us'] })).toEqual([one])
    expect(await listed({ labels: ['eu'] })).toEqual([one, two])
    expect(await listed({ customerIds: [customerId] })).toEqual([one, three])
    expect(await listed({ projectIds: [projectId] })).toEqual([two])
    expect(await listed({ projectIds: ['no-id'] })).toEqual([])
    expect(await listed({ slaStates: ['breached', 'at_risk'] })).toEqual([one])
    expect(await listed({ slaStates: ['ok'] })).toEqual([two])
    expect(await listed({ aboveLinkSeq: 1n })).toEqual([two, three])
    expect(await listed({ customerIds: [customerId], statuses: [TicketStatus.SOLVED] })).toEqual([three])
    await expect(listed({ slaStates: ['late'] })).rejects.toMatchObject({ slug: 'sla-state-unknown' })
    tickets.change(one, { detail: { number: 1, requesterId: null, labels: ['us'] } })
    await world.hear(tickets.event(one), clockEvent(workspaceId, one, '', 2))
    expect(await listed({ labels: ['us'] })).toEqual([one])
    expect(await listed({ slaStates: ['breached'] })).toEqual([])
  })
})

describe('a master', () => {
  it('is not demoted while an operation runs on its children', async () => {
    const { workspaceId, linking } = world
    const masterId = await openMaster(world)
    const [first, second] = [newId(), newId()]
    const say = (operationId: string, version: number, running: boolean) =>
      operationEvent(workspaceId, { operationId, masterId, running, version })
    await world.hear(say(first, 1, false), say(first, 2, true), say(first, 2, true), say(second, 1, true))
    const demote = () => linking.demoteMaster({ workspaceId, masterId, reason: 'over' })
    await expect(demote()).rejects.toMatchObject({ slug: 'operation-running' })
    await world.hear(say(first, 3, false), say(first, 2, true))
    await expect(demote()).rejects.toMatchObject({ slug: 'operation-running' })
    await world.hear(say(second, 2, false), say(second, 2, false))
    expect(await demote()).toMatchObject({ endedLinks: 0n })
  })
})
