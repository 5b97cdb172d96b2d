import { DirectoryKind } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { directoryEvent } from './neighbours.ts'
import { openMaster, startWorld, type World } from './support.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

let numbered = 100
/** A ticket of this person and organisation, with its number and the id its source has for it; heard of, and linked if a master is given. */
async function child(masterId: string, { name = '', email = '', customer = newId(), externalId = '', groupId = '' }) {
  const { workspaceId, tickets, linking } = world
  const requesterId = newId()
  const number = ++numbered
  const detail = { number, requesterId, labels: [] }
  const ticketId = tickets.add(workspaceId, { customerId: customer, detail, groupId: groupId || null })
  if (externalId) tickets.names.set(ticketId, [{ source: '/helpdesk', id: externalId }])
  await world.hear(directoryEvent(workspaceId, { id: requesterId, name, email }), tickets.event(ticketId))
  if (masterId) await linking.addChildren({ workspaceId, masterId, ticketIds: [ticketId] })
  return { ticketId, number, requesterId }
}

const find = async (masterId: string, text: string, receiverIds: string[] = []) =>
  (
    await world.linking.findLeaks({
      workspaceId: world.workspaceId,
      masterId,
      texts: [{ field: 'text', text }],
      receiverIds,
    })
  ).leaks
const said = async (...given: Parameters<typeof find>) =>
  (await find(...given)).map(({ kind, phrase }) => `${kind} ${phrase}`)

describe('a text for customers', () => {
  it('leaks what names children and the master, and nobody else', async () => {
    const { workspaceId, tickets } = world
    const masterId = await openMaster(world)
    tickets.change(masterId, { detail: { number: 7, requesterId: null, labels: [] } })
    const customer = newId()
    const acme = directoryEvent(workspaceId, { kind: DirectoryKind.CUSTOMER, id: customer, name: 'Acme GmbH' })
    await world.hear(acme, tickets.event(masterId))
    const anna = await child(masterId, {
      name: 'Anna Meier',
      email: 'anna@acme.example',
      customer,
      externalId: 'INC-4711',
    })
    await child(masterId, { name: 'Bo Olsen', email: 'bo@gmail.com' })
    const stranger = await child('', { name: 'Carla Conti', email: 'carla@conti.example', externalId: 'INC-9' })
    const text = `Meier, Anna <anna@acme.example> of ACME (inc 4711, #${anna.number}, ticket 7), not Carla Conti of
      conti.example (INC-9, #${stranger.number}), nor anybody at gmail.com`
    expect(await said(masterId, text)).toEqual([
      'requester Meier, Anna',
      'address anna@acme.example',
      'customer ACME',
      'external-id inc 4711',
      `number ${anna.number}`,
      'number 7',
    ])
    const [first] = await find(masterId, text)
    expect(first).toMatchObject({ field: 'text', offset: 0, common: false })
  })

  it('gives nothing away to those who own all of it', async () => {
    const masterId = await openMaster(world)
    const customer = newId()
    const acme = { kind: DirectoryKind.CUSTOMER, id: customer, name: 'Borealis' }
    await world.hear(directoryEvent(world.workspaceId, acme))
    const one = await child(masterId, { name: 'Dora Lindt', email: 'dora@borealis.example', customer })
    const two = await child(masterId, { name: 'Egon Marti', email: 'egon@borealis.example', customer })
    expect(await said(masterId, 'Borealis, borealis.example')).toEqual([])
    expect(await said(masterId, `Dora Lindt, #${one.number}`)).toEqual(['requester Dora Lindt', `number ${one.number}`])
    expect(await said(masterId, `Dora Lindt, #${one.number}`, [one.ticketId])).toEqual([])
    expect(await said(masterId, 'Dora Lindt', [one.ticketId, two.ticketId])).toEqual(['requester Dora Lindt'])
    const three = await child(masterId, { name: 'Fred Nagy' })
    expect(await said(masterId, 'Borealis')).toEqual(['customer Borealis'])
    expect(await said(masterId, 'Borealis', [one.ticketId, two.ticketId])).toEqual([])
    expect(await said(masterId, 'Borealis', [one.ticketId, three.ticketId, newId()])).toEqual(['customer Borealis'])
  })

  it('follows links and names as they change, and events that come twice', async () => {
    const { workspaceId, linking } = world
    const masterId = await openMaster(world)
    const { ticketId, requesterId: id } = await child(masterId, { name: 'Gina Ostrow', email: 'gina@ostrow.example' })
    await child(masterId, { name: 'Hugo Pavel' })
    const renamed = directoryEvent(workspaceId, { id, name: 'Gina Quist', email: '', version: 2 })
    const old = directoryEvent(workspaceId, { id, name: 'Gina Ostrow', email: 'gina@ostrow.example' })
    await world.hear(renamed, renamed)
    await world.hear(old, renamed)
    expect(await said(masterId, 'Gina Ostrow, gina@ostrow.example, Gina Quist')).toEqual(['requester Gina Quist'])
    await linking.removeChildren({ workspaceId, masterId, ticketIds: [ticketId] })
    expect(await said(masterId, 'Gina Quist')).toEqual([])
    expect(await world.rows('select 1 from dead_letter')).toEqual([])
  })

  it('is checked over more children than are looked at one by one', async () => {
    const { workspaceId, tickets, linking } = world
    const masterId = await openMaster(world)
    const [customer, other] = [newId(), newId()]
    const add = (customerId: string) => {
      const requesterId = newId()
      const ticketId = tickets.add(workspaceId, { customerId, detail: { number: 1, requesterId, labels: [] } })
      const email = `${requesterId}@vulcan.example`
      return {
        ticketId,
        events: [directoryEvent(workspaceId, { id: requesterId, name: '', email }), tickets.event(ticketId)],
      }
    }
    const children = [...Array.from({ length: 1_100 }, () => add(customer)), add(other)]
    const caldera = directoryEvent(workspaceId, { kind: DirectoryKind.CUSTOMER, id: customer, name: 'Caldera' })
    await world.hear(caldera, ...children.flatMap(({ events }) => events))
    const ticketIds = children.map(({ ticketId }) => ticketId)
    await linking.addChildren({ workspaceId, masterId, ticketIds })
    expect(await said(masterId, 'Caldera, vulcan.example')).toEqual(['customer Caldera'])
    await linking.removeChildren({ workspaceId, masterId, ticketIds: ticketIds.slice(-1) })
    expect(await said(masterId, 'Caldera, vulcan.example')).toEqual([])
  })

  it('warns of a customer whose name is a common word', async () => {
    const masterId = await openMaster(world)
    const customer = newId()
    const support = { kind: DirectoryKind.CUSTOMER, id: customer, name: 'Support' }
    await world.hear(directoryEvent(world.workspaceId, support))
    await child(masterId, { name: 'Ines Quandt', customer })
    await child(masterId, { name: 'Jan Roth' })
    expect(await find(masterId, 'our support')).toMatchObject([{ phrase: 'support', offset: 4, common: true }])
  })

  it('is checked by fields', async () => {
    const { workspaceId, linking } = world
    const masterId = await openMaster(world)
    await child(masterId, { name: 'Kai Sandoz' })
    await child(masterId, { name: 'Lea Turan' })
    const texts = [
      { field: 'subject', text: 'Kai' },
      { field: 'text', text: 'Sandoz' },
      { field: 'attachment', text: 'report_sandoz.pdf' },
    ]
    const { leaks } = await linking.findLeaks({ workspaceId, masterId, texts })
    expect(leaks.map(({ field, offset }) => [field, offset])).toEqual([
      ['text', 0],
      ['attachment', 7],
    ])
  })
})

describe('to a viewer outside a private group, a text', () => {
  const hidden = { field: '', phrase: '', offset: 0, kind: 'hidden', common: false }

  it('leaks what names the hidden children, without a word of what and how often', async () => {
    const { workspaceId, tickets } = world
    const groupId = newId()
    const viewer = world.agent('agent', [groupId])
    const told = async (text: string, ...more: string[]) => {
      const texts = [text, ...more].map((each, at) => ({ field: `text${at}`, text: each }))
      return (await viewer.findLeaks({ workspaceId, masterId, texts })).leaks
    }
    const masterId = await openMaster(world)
    tickets.change(masterId, { detail: { number: 8, requesterId: null, labels: [] } })
    const shared = newId()
    const secret = await child(masterId, {
      name: 'Mona Abel',
      email: 'mona@abel.example',
      externalId: 'SEC-31',
      customer: shared,
      groupId,
    })
    const second = await child(masterId, { name: 'Support Team', groupId })
    const open = await child(masterId, { name: 'Nils Berg', customer: shared })
    const other = await child(masterId, { name: 'Olga Ruiz' })
    const polaris = directoryEvent(workspaceId, { kind: DirectoryKind.CUSTOMER, id: shared, name: 'Polaris' })
    await world.hear(polaris, tickets.event(masterId))
    const numbers = Array.from({ length: numbered }, (_, at) => `#${at + 1}`).join(' ')
    const words = (leaks: Awaited<ReturnType<typeof told>>) => leaks.map(({ kind, phrase }) => `${kind} ${phrase}`)
    const seen = await told(numbers)
    expect(words(seen)).toEqual(['number 8', `number ${open.number}`, `number ${other.number}`, 'hidden '])
    expect(seen.at(-1)).toMatchObject(hidden)
    for (const text of ['Mona Abel', 'mona@abel.example', 'SEC-31', `#${secret.number}`, `#${second.number}`, numbers])
      expect((await told(text, text)).filter(({ kind }) => kind === 'hidden')).toMatchObject([hidden])
    // what a child in sight owns as well is told as ever, and so is everything to whoever sees all
    expect(words(await told('Nils Berg of Polaris'))).toEqual(['requester Nils Berg', 'customer Polaris'])
    expect(await said(masterId, `Mona Abel, #${secret.number}`)).toEqual([
      'requester Mona Abel',
      `number ${secret.number}`,
    ])
    expect(await told('our support, and Carla Conti')).toEqual([])
  })

  it('gives nothing away to those of the children in sight who own all of it', async () => {
    const { workspaceId } = world
    const [groupId, customer] = [newId(), newId()]
    const masterId = await openMaster(world)
    await world.hear(directoryEvent(workspaceId, { kind: DirectoryKind.CUSTOMER, id: customer, name: 'Meridian' }))
    await child(masterId, { customer })
    await child(masterId, { groupId })
    const request = { workspaceId, masterId, texts: [{ field: 'text', text: 'Meridian' }] }
    expect((await world.agent('agent', [groupId]).findLeaks(request)).leaks).toEqual([])
    expect((await world.linking.findLeaks(request)).leaks).toMatchObject([{ kind: 'customer' }])
  })
})

describe('the check', () => {
  it('is refused to whoever may not see the master', async () => {
    const { workspaceId } = world
    const groupId = newId()
    const masterId = await openMaster(world, groupId)
    const request = { workspaceId, masterId, texts: [] }
    await expect(world.agent('agent', [groupId]).findLeaks(request)).rejects.toMatchObject({ slug: 'not-found' })
    await expect(world.stranger().findLeaks(request)).rejects.toMatchObject({ slug: 'wrong-workspace' })
    await expect(world.agent('operator').findLeaks(request)).rejects.toMatchObject({ kind: 'forbidden' })
    expect(await world.agent('agent').findLeaks(request)).toMatchObject({ leaks: [] })
  })

  it('is made for a child in sight where its master is hidden', async () => {
    const { workspaceId } = world
    const groupId = newId()
    const masterId = await openMaster(world, groupId)
    const mine = await child(masterId, { name: 'Pia Lund' })
    await child(masterId, { name: 'Quentin Moss' })
    const secret = await child(masterId, { name: 'Rosa Nagy', groupId })
    const viewer = world.agent('agent', [groupId])
    const told = async (text: string, receiverIds: string[]) =>
      (await viewer.findLeaks({ workspaceId, masterId, texts: [{ field: 'text', text }], receiverIds })).leaks
    const words = (await told('Pia Lund, Quentin Moss and Rosa Nagy', [mine.ticketId])).map(
      ({ kind, phrase }) => `${kind} ${phrase}`,
    )
    expect(words).toEqual(['requester Quentin Moss', 'hidden '])
    for (const receivers of [[], [secret.ticketId], [mine.ticketId, secret.ticketId], [newId()]])
      await expect(told('Pia', receivers)).rejects.toMatchObject({ slug: 'not-found' })
  })

  it('refuses what is too long or no id', async () => {
    const { workspaceId, linking } = world
    const masterId = await openMaster(world)
    const texts = [{ field: 'text', text: 'a'.repeat(1_000_000) }]
    await expect(linking.findLeaks({ workspaceId, masterId, texts })).rejects.toMatchObject({ slug: 'text-too-long' })
    const many = Array.from({ length: 1_001 }, () => newId())
    const tooMany = linking.findLeaks({ workspaceId, masterId, receiverIds: many })
    await expect(tooMany).rejects.toMatchObject({ slug: 'too-many-tickets' })
    const malformed = linking.findLeaks({ workspaceId, masterId, receiverIds: ['x'] })
    await expect(malformed).rejects.toMatchObject({ slug: 'bad-id' })
    const unknown = linking.findLeaks({ workspaceId, masterId: newId() })
    await expect(unknown).rejects.toMatchObject({ slug: 'not-found' })
  })
})
