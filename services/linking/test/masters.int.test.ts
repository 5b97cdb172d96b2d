import { LinkKind } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const idempotency = () => ({ key: newId(), digest: Buffer.from('same') })

describe('a master', () => {
  it('is opened with children there are and new ones, and is one master however often the call is repeated', async () => {
    const { workspaceId, tickets, linking } = world
    const child = tickets.add(workspaceId)
    const request = {
      workspaceId,
      subject: 'Mail is down',
      labels: ['outage'],
      note: 'We look',
      idempotency: idempotency(),
      childIds: [child],
      newChildren: [
        {
          subject: 'No mail',
          requesterId: newId(),
          description: 'Help',
        },
      ],
    }
    const first = await linking.openMaster(request)
    expect(first.outcomes.map(({ outcome }) => outcome)).toEqual(['linked', 'linked'])
    expect(await linking.openMaster(request)).toMatchObject(first)
    expect(tickets.opened.filter(({ subject }) => subject === 'Mail is down')).toMatchObject([
      { id: first.masterId, master: true, description: 'We look' },
    ])
    expect(tickets.roles.get(first.masterId)).toBe(true)
    expect(tickets.primaryLinks.get(child)?.masterId).toBe(first.masterId)
    const { rollup } = await linking.getRollup({ workspaceId, masterId: first.masterId })
    expect(rollup).toMatchObject({ children: 2n })
  })

  it('is finished by the background when ticket was away in the middle, and by the repeat', async () => {
    const { workspaceId, tickets, linking } = world
    const request = { workspaceId, subject: newId(), childIds: [tickets.add(workspaceId)], idempotency: idempotency() }
    tickets.away.add('setMasterRole')
    await expect(linking.openMaster(request)).rejects.toMatchObject({ kind: 'unavailable' })
    tickets.away.delete('setMasterRole')
    const opened = tickets.opened.find(({ subject }) => subject === request.subject)
    await until(() => tickets.primaryLinks.get(request.childIds[0] ?? '')?.masterId === opened?.id, {
      what: 'the master is opened in the background',
      deadlineMs: 20_000,
    })
    expect(await linking.openMaster(request)).toMatchObject({ masterId: opened?.id, outcomes: [{ outcome: 'linked' }] })
    expect(tickets.opened.filter(({ subject }) => subject === request.subject)).toHaveLength(1)
  })

  it("is made new when a customer's ticket is promoted, and takes over its links", async () => {
    const { workspaceId, tickets, linking } = world
    const [ticketId, twin, copy] = [tickets.add(workspaceId), tickets.add(workspaceId), tickets.add(workspaceId)]
    await linking.addLink({ workspaceId, ticketId, targetId: twin, kind: LinkKind.RELATED })
    await linking.addLink({ workspaceId, ticketId: copy, targetId: ticketId, kind: LinkKind.DUPLICATE })
    await linking.addLink({ workspaceId, ticketId: copy, targetId: twin, kind: LinkKind.RELATED })
    const { masterId, promoted } = await linking.convertToMaster({ workspaceId, ticketId })
    expect(promoted).toBe(true)
    expect(tickets.opened.find(({ id }) => id === masterId)).toMatchObject({
      subject: 'It is down',
      labels: ['outage'],
    })
    expect(tickets.primaryLinks.get(ticketId)?.masterId).toBe(masterId)
    const { links } = await linking.listLinks({ workspaceId, ticketId: masterId })
    expect(links.map(({ kind, ticketId: from, targetId }) => [kind, from, targetId])).toEqual(
      expect.arrayContaining([
        [LinkKind.RELATED, masterId, twin],
        [LinkKind.DUPLICATE, copy, masterId],
      ]),
    )
    expect(links).toHaveLength(2)
    const again = linking.convertToMaster({ workspaceId, ticketId })
    await expect(again).rejects.toMatchObject({ slug: 'is-child' })
  })

  it('is converted in place when nobody outside asked', async () => {
    const { workspaceId, tickets, linking } = world
    const internal = tickets.add(workspaceId, { hasRequester: false })
    const asked = tickets.add(workspaceId)
    const colleague = newId()
    tickets.agents.set(colleague, { id: colleague, role: 'agent', hiddenGroupIds: new Set() })
    tickets.details.set(asked, { subject: 'From a colleague', labels: [], requesterId: colleague })
    for (const ticketId of [internal, asked, internal])
      expect(await linking.convertToMaster({ workspaceId, ticketId })).toMatchObject({
        masterId: ticketId,
        promoted: false,
      })
    expect(await world.rows('select role_version::int from ticket_role where ticket_id = $1', [internal])).toEqual([
      { role_version: 1 },
    ])
  })

  it('is demoted with a reason, and its children hear of nobody any more', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const ticketIds = [tickets.add(workspaceId), tickets.add(workspaceId)]
    await linking.addChildren({ workspaceId, masterId, ticketIds })
    await expect(linking.demoteMaster({ workspaceId, masterId, reason: ' ' })).rejects.toMatchObject({
      kind: 'invalid',
      field: 'reason',
    })
    expect(await linking.demoteMaster({ workspaceId, masterId, reason: 'false alarm' })).toMatchObject({
      endedLinks: 2n,
    })
    expect(ticketIds.map((id) => tickets.primaryLinks.get(id)?.masterId)).toEqual([null, null])
    expect(tickets.roles.get(masterId)).toBe(false)
    await expect(linking.getMaster({ workspaceId, masterId })).rejects.toMatchObject({ kind: 'not-found' })
    const { links } = await linking.listLinks({ workspaceId, ticketId: ticketIds[0] ?? '', history: true })
    expect(links).toHaveLength(1)
    const kept = await world.rows('select reason from role_change where ticket_id = $1 and not master', [masterId])
    expect(kept).toEqual([{ reason: 'false alarm' }])
  })
})

describe('links beside children', () => {
  it('join duplicates and related tickets once, and are seen from both sides', async () => {
    const { workspaceId, tickets, linking } = world
    const [ticketId, targetId] = [tickets.add(workspaceId), tickets.add(workspaceId)]
    const request = { workspaceId, ticketId, targetId, kind: LinkKind.DUPLICATE }
    const { link } = await linking.addLink(request)
    expect((await linking.addLink(request)).link).toEqual(link)
    expect((await linking.listLinks({ workspaceId, ticketId: targetId })).links).toMatchObject([{ ticketId, targetId }])
    await linking.removeLink({ workspaceId, ticketId: targetId, linkId: link?.linkId ?? '' })
    expect((await linking.listLinks({ workspaceId, ticketId })).links).toEqual([])
    expect(tickets.primaryLinks.get(ticketId)).toBeUndefined()
    const itself = linking.addLink({ ...request, targetId: ticketId })
    await expect(itself).rejects.toMatchObject({ slug: 'link-to-itself' })
    const child = linking.addLink({ ...request, kind: LinkKind.CHILD })
    await expect(child).rejects.toMatchObject({ slug: 'kind-unfit' })
  })

  it('attach tasks and documents by address', async () => {
    const { workspaceId, tickets, linking } = world
    const ticketId = tickets.add(workspaceId)
    const request = { workspaceId, ticketId, kind: 'task', title: 'Restart it', url: 'https://tasks.test/7' }
    const { resource } = await linking.addResource(request)
    expect((await linking.listResources({ workspaceId, ticketId })).resources).toEqual([resource])
    const unsafe = linking.addResource({ ...request, url: ['java', 'script:alert(1)'].join('') })
    await expect(unsafe).rejects.toMatchObject({ field: 'url' })
    await expect(linking.addResource({ ...request, kind: 'secret' })).rejects.toMatchObject({ field: 'kind' })
    await linking.removeResource({ workspaceId, ticketId, resourceId: resource?.resourceId ?? '' })
    expect((await linking.listResources({ workspaceId, ticketId })).resources).toEqual([])
  })
})
