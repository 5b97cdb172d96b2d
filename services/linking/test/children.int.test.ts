import { LinkKind, TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const outcomesOf = ({ outcomes }: { outcomes: readonly { outcome: string }[] }) =>
  outcomes.map(({ outcome }) => outcome)
const idempotency = (key = newId()) => ({ key, digest: Buffer.from('same') })

describe('children', () => {
  it('are linked with an outcome each, and ticket knows before anybody is told', async () => {
    const { workspaceId, tickets, linking } = world
    const [masterId, otherId] = [await openMaster(world), await openMaster(world)]
    const [fresh, taken] = [tickets.add(workspaceId), tickets.add(workspaceId)]
    await linking.addChildren({ workspaceId, masterId: otherId, ticketIds: [taken] })
    const ticketIds = [fresh, taken, otherId, masterId, newId(), 'no-id', fresh]
    const answer = await linking.addChildren({ workspaceId, masterId, ticketIds })
    expect(outcomesOf(answer)).toEqual([
      'linked',
      'has-other-master',
      'is-master',
      'is-master',
      'not-found',
      'not-found',
    ])
    expect(tickets.primaryLinks.get(fresh)).toMatchObject({ masterId, linkId: answer.outcomes[0]?.linkId })
    expect(outcomesOf(await linking.addChildren({ workspaceId, masterId, ticketIds: [fresh] }))).toEqual([
      'already-linked',
    ])
    const also = await linking.addChildren({ workspaceId, masterId, ticketIds: [taken], contributing: true })
    expect(outcomesOf(also)).toEqual(['linked'])
    expect(tickets.primaryLinks.get(taken)?.masterId).toBe(otherId)
    const { rollup } = await linking.getRollup({ workspaceId, masterId })
    expect(rollup).toMatchObject({ children: 2n, contributing: 1n, open: 2n })
  })

  it('are linked once however often the same call comes, and not acknowledged while ticket is away', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const ticketId = tickets.add(workspaceId)
    const request = { workspaceId, masterId, ticketIds: [ticketId], idempotency: idempotency() }
    tickets.away.add('setPrimaryLinks')
    await expect(linking.addChildren(request)).rejects.toMatchObject({ kind: 'unavailable' })
    tickets.away.delete('setPrimaryLinks')
    const first = await linking.addChildren(request)
    const second = await linking.addChildren(request)
    expect(first.outcomes).toMatchObject([{ outcome: 'linked' }])
    expect(second.outcomes).toEqual(first.outcomes)
    expect(tickets.primaryLinks.get(ticketId)).toMatchObject({ masterId, version: 1 })
    const other = { ...request, idempotency: { key: request.idempotency.key, digest: Buffer.from('other') } }
    await expect(linking.addChildren(other)).rejects.toMatchObject({ slug: 'idempotency-key-reused' })
  })

  it('are listed in the order in which they were linked, page by page, with filters', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const ticketIds = Array.from({ length: 5 }, (_, at) =>
      tickets.add(workspaceId, { status: at % 2 === 0 ? 'open' : 'solved' }),
    )
    await linking.addChildren({ workspaceId, masterId, ticketIds })
    const first = await linking.listChildren({ workspaceId, masterId, pageSize: 3 })
    const pageToken = first.nextPageToken
    const second = await linking.listChildren({ workspaceId, masterId, pageSize: 3, pageToken })
    expect([...first.children, ...second.children].map((child) => child.ticketId)).toEqual(ticketIds)
    expect([first.linkSeqHighWater, second.nextPageToken]).toEqual([5n, ''])
    const solved = await linking.listChildren({ workspaceId, masterId, statuses: [TicketStatus.SOLVED] })
    expect(solved.children.map((child) => child.ticketId)).toEqual([ticketIds[1], ticketIds[3]])
    const some = await linking.listChildren({ workspaceId, masterId, ticketIds: ticketIds.slice(4), primaryOnly: true })
    expect(some.children.map((child) => child.linkSeq)).toEqual([5n])
  })

  it('leave with their links kept as history, and hear of no master any more', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const [ticketId, other] = [tickets.add(workspaceId), tickets.add(workspaceId)]
    await linking.addChildren({ workspaceId, masterId, ticketIds: [ticketId] })
    const answer = await linking.removeChildren({ workspaceId, masterId, ticketIds: [ticketId, other, newId()] })
    expect(outcomesOf(answer)).toEqual(['unlinked', 'not-linked', 'not-found'])
    expect(tickets.primaryLinks.get(ticketId)).toMatchObject({ masterId: null, linkId: null, version: 2 })
    const { links } = await linking.listLinks({ workspaceId, ticketId, history: true })
    expect(links).toMatchObject([{ kind: LinkKind.CHILD, targetId: masterId, endedAt: { nanos: expect.any(Number) } }])
    expect((await linking.getMaster({ workspaceId, masterId })).master).toMatchObject({ empty: true })
  })

  it('number 10,000 in one call', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const ticketIds = Array.from({ length: 10_000 }, () => tickets.add(workspaceId, { customerId: newId() }))
    const { outcomes } = await linking.addChildren({ workspaceId, masterId, ticketIds })
    expect(outcomes.every(({ outcome }) => outcome === 'linked')).toBe(true)
    const { rollup } = await linking.getRollup({ workspaceId, masterId })
    expect(rollup).toMatchObject({ children: 10_000n, customers: 10_000n })
    expect(rollup?.customerIds).toHaveLength(100)
    const tooMany = linking.addChildren({ workspaceId, masterId, ticketIds: [...ticketIds, newId()] })
    await expect(tooMany).rejects.toMatchObject({ slug: 'too-many-children' })
  })

  it('are made as follow-ups under ids that a repeat finds again', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const children = [{ subject: 'Write the report' }, { subject: 'Replace the switch' }]
    const request = { workspaceId, masterId, children, idempotency: idempotency() }
    tickets.away.add('setPrimaryLinks')
    await expect(linking.createFollowUps(request)).rejects.toMatchObject({ kind: 'unavailable' })
    tickets.away.delete('setPrimaryLinks')
    const { outcomes } = await linking.createFollowUps(request)
    expect(outcomes).toMatchObject([{ outcome: 'linked' }, { outcome: 'linked' }])
    const named = new Set(outcomes.map(({ ticketId }) => ticketId))
    expect(tickets.opened.filter(({ id }) => named.has(id)).map(({ subject }) => subject)).toEqual([
      'Write the report',
      'Replace the switch',
    ])
    expect(tickets.opened.filter(({ subject }) => subject === 'Write the report')).toHaveLength(1)
    const { key } = request.idempotency
    const other = {
      ...request,
      children: [...children, { subject: 'Stray' }],
      idempotency: { key, digest: Buffer.from('other') },
    }
    await expect(linking.createFollowUps(other)).rejects.toMatchObject({ slug: 'idempotency-key-reused' })
    expect(tickets.opened.filter(({ subject }) => subject === 'Stray')).toEqual([])
    expect((await linking.createFollowUps(request)).outcomes).toEqual(outcomes)
  })
})
