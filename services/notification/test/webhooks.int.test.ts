import { TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { isSigned, startWebhookSink } from './webhook-sink.ts'
import { hasten, listen, messages } from './webhook-world.ts'
import { startNotificationWorld } from './world.ts'

const solved = {
  fact: { case: 'statusChanged' as const, value: { from: TicketStatus.OPEN, to: TicketStatus.SOLVED } },
}
const opened = { fact: { case: 'opened' as const, value: {} } }

it('tells an endpoint each fact once, signed, also when every event comes twice', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { secret } = await listen(world, sink)
  const children = [world.child(), world.child({ address: '' })].map((child) => ({ ...child, facts: [solved, opened] }))
  await world.tell(...children)
  await world.tell(...children)
  await world.settled()
  const types: string[] = sink.heard.map(({ body }) => JSON.parse(body).type)
  for (const type of ['ticket.comment.added', 'ticket.opened', 'ticket.status.changed'])
    expect(types.filter((heard) => heard === type)).toHaveLength(2)
  expect(new Set(sink.heard.map(({ id }) => id)).size).toBe(6)
  expect(sink.heard.every((heard) => isSigned(heard, secret))).toBe(true)
  const change = sink.heard.map(({ body }) => JSON.parse(body)).find(({ type }) => type === 'ticket.status.changed')
  expect(change.data).toMatchObject({ change: { from: 'open', to: 'solved' }, cause: { kind: 'user' } })
  expect((await messages(world)).map(({ state }) => state)).toEqual(Array(6).fill('sent'))
  const { notifications } = await world.agent.listNotifications({
    workspaceId: world.workspaceId,
    ticketId: children[0]?.ticketId ?? '',
  })
  const told = notifications.map(({ channel, state, deliveries }) => `${channel} ${state} ${deliveries[0]?.detail}`)
  expect(told.sort()).toEqual(['mail sent ', ...Array(3).fill('webhook sent http-204')])
})

it('says nothing of internal comments, of quiet changes, of what is not asked for and to other workspaces', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink, ['ticket.comment.added'])
  const heard = world.child()
  await world.tell(
    { ...world.child(), public: false },
    { ...world.child(), quiet: true },
    { ...world.child(), workspaceId: newId(), facts: [opened] },
    { ...heard, facts: [solved] },
  )
  await world.settled()
  expect(sink.heard.map(({ body }) => JSON.parse(body).data.ticket.id)).toEqual([heard.ticketId])
})

it('tells nothing of another ticket, and no words that people wrote', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink)
  const operationId = newId()
  const children = Array.from({ length: 5 }, () => world.child({ subject: 'my-subject', text: 'my-words' }))
  await world.tell(...children.map((child) => ({ ...child, operationId, facts: [opened, solved] })))
  await world.settled()
  expect(sink.heard).toHaveLength(15)
  for (const { body } of sink.heard) {
    const own = JSON.parse(body).data.ticket.id
    const foreign = children.filter(({ ticketId }) => ticketId !== own)
    for (const { ticketId, commentId, address } of foreign)
      for (const token of [ticketId, commentId, address, operationId]) expect(body).not.toContain(token)
    expect(body).not.toMatch(/my-subject|my-words/)
  }
})

it('tells once that an operation has finished', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink, ['operation.finished'])
  const told = { operationId: newId(), masterId: newId(), kind: 'close', total: 3n, applied: 2n, skipped: 1n, sent: 2n }
  await world.tellOperation({ ...told, streamVersion: 1n, state: 'running', running: true })
  await world.tellOperation({ ...told, streamVersion: 2n, state: 'finished', running: true, sent: 0n }) // mails to come
  await world.tellOperation({ ...told, streamVersion: 3n, state: 'finished' })
  await world.tellOperation({ ...told, streamVersion: 3n, state: 'finished' })
  await world.tellOperation({ ...told, streamVersion: 4n, state: 'finished' })
  await world.settled()
  const operation = { kind: 'close', children: { applied: 2, skipped: 1 }, mails: { sent: 2 } }
  expect(sink.heard.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: 'operation.finished', data: { operation } },
  ])
})

it('tries again under the same id with a new time and signature, and ends with the first 2xx', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { secret } = await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: sink.heard.length < 3 ? 500 : 200 })
  await world.tell(world.child())
  await until(() => sink.heard.length === 1, { what: 'the first try' })
  for (const tries of [2, 3]) {
    await world.settled()
    await hasten(world)
    await until(() => sink.heard.length === tries, { what: `try ${tries}` })
  }
  await world.settled()
  expect(new Set(sink.heard.map(({ id }) => id)).size).toBe(1)
  expect(sink.heard.every((heard) => isSigned(heard, secret))).toBe(true)
  expect(await messages(world)).toMatchObject([{ state: 'sent', attempts: 3 }])
  const deliveries = await world.sql('select attempt, result, detail from webhook_delivery order by attempt')
  expect(deliveries.map((row) => Object.values(row))).toEqual([
    [1, 'retry', 'http-500'],
    [2, 'retry', 'http-500'],
    [3, 'sent', 'http-200'],
  ])
})

it('stops for good at 410, and skips what waited', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { webhookId } = await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: 410 })
  await world.tell(...Array.from({ length: 60 }, () => world.child()))
  await world.settled()
  const after = sink.heard.length
  await world.tell(world.child())
  await world.settled()
  expect(sink.heard).toHaveLength(after)
  const words = new Set((await messages(world)).map(({ state, reason }) => `${state} ${reason}`))
  expect([...words].sort()).toEqual(['failed gone', 'skipped webhook-gone'])
  const { webhooks } = await world.admin.listWebhooks({ workspaceId: world.workspaceId })
  expect(webhooks).toMatchObject([{ id: webhookId, state: 'gone' }])
})

it('lets an endpoint rest that asks for it or keeps failing, and then asks it with one message', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: 429, headers: { 'retry-after': '120' } })
  await world.tell(...Array.from({ length: 40 }, () => world.child()))
  await world.settled()
  const first = sink.heard.length
  expect(first).toBeLessThanOrEqual(16)
  const [{ rest } = { rest: 0 }] = await world.sql<{ rest: number }>(
    'select extract(epoch from rests_until - clock_timestamp())::float as rest from webhook',
  )
  expect(rest).toBeGreaterThan(110)
  await world.sql('update webhook set failures = 7, rests_until = null')
  await until(() => sink.heard.length === first + 1, { what: 'the probe' })
  await world.settled()
  expect(sink.heard).toHaveLength(first + 1)
  sink.answer = () => ({ status: 200 })
  await hasten(world)
  await until(() => new Set(sink.heard.map(({ id }) => id)).size === 40, { what: 'all messages' })
  await world.settled()
  expect((await messages(world)).every(({ state }) => state === 'sent')).toBe(true)
  expect(await world.sql('select failures from webhook')).toEqual([{ failures: 0 }])
})

it('follows no redirect', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: 307, headers: { location: '/elsewhere' } })
  await world.tell(world.child())
  await world.settled()
  expect(sink.heard.map(({ path }) => path)).toEqual(['/in'])
  expect(await messages(world)).toMatchObject([{ state: 'retry', reason: 'http-307' }])
})

it('reaches nothing inside the house where that is not allowed, whoever the name belongs to', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { webhookId } = await listen(world, sink, ['ticket.comment.added'])
  const port = new URL(sink.url).port
  await world.server[Symbol.asyncDispose]()
  world.server = await world.start(undefined, { webhooksInside: false })
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']) {
    await world.sql('update webhook set url = $1, rests_until = null, failures = 0 where id = $2', [
      `http://${host}:${port}/in`,
      webhookId,
    ])
    await world.tell(world.child())
    await world.settled()
  }
  expect(sink.heard).toEqual([])
  expect((await messages(world)).map(({ state, reason }) => `${state} ${reason}`)).toEqual(
    Array(4).fill('retry address-refused'),
  )
})

it('sends again what a killed sender had leased', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: 503 })
  await world.tell(world.child())
  await world.settled()
  sink.answer = () => ({ status: 200 })
  await world.sql(
    `update webhook_message set state = 'leased', lease_owner = 'dead', due_at = clock_timestamp() - interval '1 second'`,
  )
  await until(() => sink.heard.length === 2, { what: 'the message once more' })
  await world.settled()
  expect(new Set(sink.heard.map(({ id }) => id)).size).toBe(1)
  expect(await messages(world)).toMatchObject([{ state: 'sent' }])
})

it('skips what waits for an endpoint that is taken away or switched off', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { workspaceId } = world
  const away = await listen(world, sink, ['ticket.comment.added'])
  const off = await listen(world, sink, ['ticket.comment.added'])
  sink.answer = () => ({ status: 503 })
  await world.tell(world.child())
  await world.settled()
  await world.admin.deleteWebhook({ workspaceId, webhookId: away.webhookId })
  await world.admin.putWebhook({ workspaceId, webhook: { id: off.webhookId, url: sink.url, state: 'disabled' } })
  await world.tell(world.child())
  await world.settled()
  expect((await messages(world)).map(({ state, reason }) => `${state} ${reason}`).sort()).toEqual([
    'skipped webhook-deleted',
    'skipped webhook-disabled',
  ])
})
