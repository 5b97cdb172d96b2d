import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

async function masterOf(children: number): Promise<{ masterId: string; ticketIds: string[] }> {
  const { workspaceId, tickets, linking } = world
  const masterId = await openMaster(world)
  const ticketIds = Array.from({ length: children }, () => tickets.add(workspaceId))
  await linking.addChildren({ workspaceId, masterId, ticketIds })
  return { masterId, ticketIds }
}

const check = (masterId: string) =>
  world.linking.checkRollups({ workspaceId: world.workspaceId, masterIds: [masterId] })

describe('the checker', () => {
  it('finds one suppressed event, reports one drift, repairs it, and finds nothing the second time', async () => {
    const { workspaceId, tickets, linking } = world
    const { masterId, ticketIds } = await masterOf(5)
    expect(await check(masterId)).toMatchObject({ checked: 1n, drifts: [] })
    const lost = ticketIds[2] ?? ''
    tickets.change(lost, { status: 'solved', priority: 'high' }) // its event is never published
    const { drifts } = await check(masterId)
    expect(drifts).toMatchObject([{ masterId, figure: `child:${lost}.version`, stored: 1n, counted: 2n }])
    expect((await linking.getRollup({ workspaceId, masterId })).rollup).toMatchObject({ open: 4n, closed: 1n })
    expect(await check(masterId)).toMatchObject({ checked: 1n, drifts: [] })
  })

  it('reports every figure that was spoilt, and puts it right', async () => {
    const { workspaceId, linking } = world
    const { masterId } = await masterOf(3)
    await world.rows('update rollup_counter set children = 7, status_new = 1 where master_id = $1', [masterId])
    const { drifts } = await check(masterId)
    expect(drifts.map(({ figure, stored, counted }) => [figure, stored, counted])).toEqual([
      ['children', 7n, 3n],
      ['by_status.new', 1n, 3n],
    ])
    expect((await linking.getRollup({ workspaceId, masterId })).rollup).toMatchObject({ children: 3n, open: 3n })
    expect((await check(masterId)).drifts).toEqual([])
  })

  it('rebuilds what a child is kept as having contributed', async () => {
    const { workspaceId, tickets, linking } = world
    const { masterId, ticketIds } = await masterOf(2)
    await world.rows(`update child_contribution set status = 'closed' where ticket_id = $1`, [ticketIds[0]])
    expect((await check(masterId)).drifts).toMatchObject([{ figure: 'stray_children', stored: 1n, counted: 0n }])
    tickets.change(ticketIds[0] ?? '', { status: 'open' })
    await world.hear(tickets.event(ticketIds[0] ?? ''))
    expect((await linking.getRollup({ workspaceId, masterId })).rollup).toMatchObject({ children: 2n, open: 2n })
    expect((await check(masterId)).drifts).toEqual([])
  })

  it('is not for whoever may not see every group: its figures are of all of them', async () => {
    const { masterId } = await masterOf(1)
    const { workspaceId } = world
    const partly = world.agent('agent', [newId()]).checkRollups({ workspaceId, masterIds: [masterId] })
    await expect(partly).rejects.toMatchObject({ kind: 'forbidden' })
    expect(await world.agent().checkRollups({ workspaceId, masterIds: [masterId] })).toMatchObject({ checked: 1n })
  })

  it('runs by itself', async () => {
    const { masterId } = await masterOf(1)
    await world.rows('update rollup_counter set contributing = 9 where master_id = $1', [masterId])
    await world.rows('update ticket_role set check_due_at = now() where ticket_id = $1', [masterId])
    const stored = () =>
      world.rows<{ contributing: number }>('select contributing::int from rollup_counter where master_id = $1', [
        masterId,
      ])
    await until(async () => (await stored())[0]?.contributing === 0, {
      what: 'the checker came by',
      deadlineMs: 15_000,
    })
  })
})
