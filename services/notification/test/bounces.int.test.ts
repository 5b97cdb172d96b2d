import { refused, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { deliveryReport } from '@umbel/test-kit'
import nodemailer from 'nodemailer'
import { expect, it } from 'vitest'
import { type NotificationWorld, startNotificationWorld, type Told } from './world.ts'

/** Sends to the listener with the null sender; the answer's code, 250 when it was taken. */
async function send(world: NotificationWorld, to: string, raw: string): Promise<number> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: world.server.mailPort, secure: false })
  try {
    await transport.sendMail({ envelope: { from: '', to }, raw })
    return 250
  } catch (error) {
    return (error as { responseCode?: number }).responseCode ?? 0
  } finally {
    transport.close()
  }
}

/** Mails the children; their bounce addresses, in order. */
async function mailed(world: NotificationWorld, ...children: (Told & { address: string })[]): Promise<string[]> {
  await world.tell(...children)
  await world.settled()
  return children.map(({ address }) => {
    const mail = world.mailbox.messages().findLast(({ to }) => to.includes(address))
    if (mail === undefined) throw new Error(`no mail to ${address}`)
    return mail.envelope.from
  })
}

const suppressed = async (world: NotificationWorld) =>
  (await world.admin.listSuppressions({ workspaceId: world.workspaceId })).suppressions.map(
    ({ address, reason }) => `${address} ${reason}`,
  )

it('ends what bounced for good as failed, suppresses its address, and does both once', async () => {
  await using world = await startNotificationWorld()
  const [gone, well] = [world.child(), world.child()]
  const operationId = newId()
  const [to = ''] = await mailed(world, { ...gone, operationId }, { ...well, operationId })
  const version = async () => Number((await world.sql<{ version: string }>('select version from stream'))[0]?.version)
  const before = await version()
  expect(await send(world, to, deliveryReport({ address: gone.address.toUpperCase() }))).toBe(250)
  expect(await send(world, to, deliveryReport({ address: gone.address }))).toBe(250)
  expect(await world.states()).toEqual(['failed bounced', 'sent'])
  expect(await suppressed(world)).toEqual([`${gone.address} hard-bounce`])
  expect(world.desk.notes).toEqual([
    { ticketId: gone.ticketId, text: expect.stringMatching(/for good \(5\.1\.1\)\. Nothing more is mailed/) },
  ])
  expect(await version()).toBe(before + 1)
  const next = { ...gone, commentId: world.child().commentId, version: 2 }
  world.desk.outgoing.set(next.commentId, {
    ...world.desk.outgoing.get(gone.commentId),
    ticketId: gone.ticketId,
  } as never)
  await world.tell(next)
  await world.settled()
  expect(await world.states()).toEqual(['failed bounced', 'sent', 'suppressed address-suppressed'])
})

it('suppresses after five soft bounces, and leaves a delay a delay', async () => {
  await using world = await startNotificationWorld()
  const address = 'busy@customer.example'
  const children = Array.from({ length: 6 }, () => world.child({ address }))
  for (const [n, child] of children.entries()) {
    if (n === 5) break
    const [to = ''] = await mailed(world, child)
    expect(await suppressed(world)).toEqual([])
    const said = n % 2 === 0 ? { action: 'delayed', status: '4.4.1' } : { action: 'failed', status: '4.4.7' }
    for (const _ of [1, 2]) expect(await send(world, to, deliveryReport({ address, ...said }))).toBe(250)
  }
  expect(await suppressed(world)).toEqual([`${address} soft-bounces`])
  expect(world.desk.notes.map(({ ticketId }) => ticketId)).toEqual([1, 3, 4].map((n) => children[n]?.ticketId))
  expect(await world.states()).toEqual(['failed bounced', 'failed bounced', 'sent', 'sent', 'sent'])
  await world.admin.deleteSuppression({ workspaceId: world.workspaceId, address })
  await mailed(world, ...children.slice(5))
  expect(await suppressed(world)).toEqual([])
})

it('writes the note that a ticket service which is away has not got, once it is back, and none on a closed ticket', async () => {
  await using world = await startNotificationWorld()
  const [child, closed] = [world.child(), world.child()]
  const [to = '', toClosed = ''] = await mailed(world, child, closed)
  world.desk.refusal = unavailable('peer-away', 'ticket is away')
  expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(451)
  expect(await suppressed(world)).toEqual([`${child.address} hard-bounce`])
  world.desk.refusal = refused('ticket-closed', 'it is closed for good')
  expect(await send(world, toClosed, deliveryReport({ address: closed.address }))).toBe(250)
  world.desk.refusal = undefined
  for (const _ of [1, 2]) expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(250)
  expect(await send(world, toClosed, deliveryReport({ address: closed.address }))).toBe(250)
  expect(world.desk.notes.map(({ ticketId }) => ticketId)).toEqual([child.ticketId])
})

it('takes a complaint for a wish to hear no more', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  const [to = ''] = await mailed(world, child)
  const complaint = deliveryReport({ address: '' })
    .replace('message/delivery-status', 'message/feedback-report')
    .replace('Reporting-MTA: dns; mx.customer.example', 'Feedback-Type: abuse')
  expect(await send(world, to, complaint)).toBe(250)
  expect(await world.states()).toEqual(['sent'])
  expect(await suppressed(world)).toEqual([`${child.address} complaint`])
  expect(world.desk.notes).toMatchObject([{ text: expect.stringContaining('unwanted') }])
})

it('believes a report about its own mail only, and of its own recipient', async () => {
  await using world = await startNotificationWorld()
  const [one, other] = [world.child(), world.child({ cc: ['boss@customer.example'] })]
  const [toOne = '', toOther = ''] = await mailed(world, one, other)
  const [first, second] = [toOne, toOther].map((to) => to.slice('b+'.length, to.indexOf('@')))
  const mixed = `b+${first?.slice(0, 26)}${second?.slice(26)}@acme.example`
  for (const forged of [mixed, `b+${'a'.repeat(52)}@acme.example`, `b+${first?.slice(0, 26)}@acme.example`])
    expect(await send(world, forged, deliveryReport({ address: one.address }))).toBe(550)
  expect(await send(world, toOther, deliveryReport({ address: one.address }))).toBe(250)
  expect(await send(world, toOther, deliveryReport({ address: 'boss@customer.example' }))).toBe(250)
  expect(await send(world, toOther, 'Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nuntil Monday')).toBe(250)
  expect(await world.states()).toEqual(['sent', 'sent'])
  expect(await suppressed(world)).toEqual([])
  expect(world.desk.notes).toEqual([])
  expect(world.desk.replies).toEqual([])
})

it('does not suppress the address of a requester who came later', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  const [to = ''] = await mailed(world, child)
  const said = world.desk.outgoing.get(child.commentId)
  world.desk.outgoing.set(child.commentId, { ...said, requesterId: newId() } as NonNullable<typeof said>)
  expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(250)
  expect(await world.states()).toEqual(['failed bounced'])
  expect(await suppressed(world)).toEqual([])
})

it('asks the sending server to come again while the mail is in flight or the ticket service is away', async () => {
  await using world = await startNotificationWorld()
  const child = world.child()
  const [to = ''] = await mailed(world, child)
  await world.sql(
    `with flying as (update notification set message_id = '' returning workspace_id, id)
     insert into lease (workspace_id, notification_id, owner, message_id, until)
     select workspace_id, id, 'other', 'first', clock_timestamp() + interval '1 hour' from flying`,
  )
  expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(451)
  await world.sql('with landed as (delete from lease) update notification set message_id = $1', ['first'])
  world.desk.away = unavailable('peer-away', 'ticket is away')
  expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(451)
  world.desk.away = undefined
  expect(await send(world, to, deliveryReport({ address: child.address }))).toBe(250)
  expect(await world.states()).toEqual(['failed bounced'])
})
