import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

describe('a rollup', () => {
  it('gives what a viewer may not see as a bare number', async () => {
    const { workspaceId, tickets, linking } = world
    const secret = newId()
    const masterId = await openMaster(world)
    const open = tickets.add(workspaceId, { customerId: newId() })
    const hidden = tickets.add(workspaceId, { groupId: secret, customerId: newId(), projectId: newId() })
    await linking.addChildren({ workspaceId, masterId, ticketIds: [open, hidden] })
    const agent = world.agent('agent', [secret])
    const { rollup } = await agent.getRollup({ workspaceId, masterId })
    expect(rollup).toMatchObject({ children: 1n, open: 1n, customers: 1n, projects: 0n, hidden: 1n })
    const { children } = await agent.listChildren({ workspaceId, masterId })
    expect(children.map(({ ticketId }) => ticketId)).toEqual([open])
    expect((await agent.getMaster({ workspaceId, masterId })).master?.empty).toBe(false)
  })

  it('hides a whole master from whoever may not see its group', async () => {
    const { workspaceId, tickets } = world
    const secret = newId()
    const masterId = await openMaster(world, secret)
    const ticketId = tickets.add(workspaceId)
    const agent = world.agent('agent', [secret])
    const nothing = { kind: 'not-found' }
    await expect(agent.getRollup({ workspaceId, masterId })).rejects.toMatchObject(nothing)
    await expect(agent.listChildren({ workspaceId, masterId })).rejects.toMatchObject(nothing)
    await expect(agent.addChildren({ workspaceId, masterId, ticketIds: [ticketId] })).rejects.toMatchObject(nothing)
    const { masters } = await agent.listMasters({ workspaceId, pageSize: 1_000 })
    expect(masters.map((master) => master.ticketId)).not.toContain(masterId)
  })

  it('says not-found for a hidden child, as for one that is not there', async () => {
    const { workspaceId, tickets } = world
    const secret = newId()
    const masterId = await openMaster(world)
    const agent = world.agent('agent', [secret])
    const ticketIds = [tickets.add(workspaceId, { groupId: secret }), newId()]
    const { outcomes } = await agent.addChildren({ workspaceId, masterId, ticketIds })
    expect(outcomes.map(({ outcome, linkId }) => [outcome, linkId])).toEqual([
      ['not-found', ''],
      ['not-found', ''],
    ])
  })

  it('is not for other workspaces, and coordinating is not for light agents', async () => {
    const { workspaceId, tickets } = world
    const masterId = await openMaster(world)
    const stranger = world.stranger()
    await expect(stranger.getRollup({ workspaceId, masterId })).rejects.toMatchObject({ slug: 'wrong-workspace' })
    const light = world.agent('light_agent')
    await expect(
      light.addChildren({ workspaceId, masterId, ticketIds: [tickets.add(workspaceId)] }),
    ).rejects.toMatchObject({ kind: 'forbidden' })
    expect((await light.getRollup({ workspaceId, masterId })).rollup).toMatchObject({ children: 0n })
  })

  it('is read from counters alone: links and contributions may be out of reach', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    await linking.addChildren({
      workspaceId,
      masterId,
      ticketIds: [tickets.add(workspaceId), tickets.add(workspaceId)],
    })
    await world.rows('revoke select on link, child_contribution from linking_app')
    try {
      expect((await linking.getRollup({ workspaceId, masterId })).rollup).toMatchObject({ children: 2n, open: 2n })
      const { masters } = await linking.listMasters({ workspaceId, pageSize: 1_000 })
      expect(masters.find((master) => master.ticketId === masterId)?.rollup).toMatchObject({ children: 2n })
    } finally {
      await world.rows('grant select on link, child_contribution to linking_app')
    }
  })

  it('lists masters page by page, the youngest first', async () => {
    await using other = await startWorld()
    const { workspaceId, linking } = other
    const made = [await openMaster(other), await openMaster(other), await openMaster(other)]
    const first = await linking.listMasters({ workspaceId, pageSize: 2 })
    const second = await linking.listMasters({ workspaceId, pageSize: 2, pageToken: first.nextPageToken })
    expect([...first.masters, ...second.masters].map(({ ticketId }) => ticketId)).toEqual(made.toReversed())
    expect(first.masters[0]).toMatchObject({ empty: true })
  })
})
