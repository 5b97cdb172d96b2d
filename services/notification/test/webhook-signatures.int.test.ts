import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { isSigned, startWebhookSink } from './webhook-sink.ts'
import { listen, messages } from './webhook-world.ts'
import { startNotificationWorld } from './world.ts'

it('signs with both secrets after a rotation, and with the new one alone when the old one has ended', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { secret, webhookId } = await listen(world, sink, ['ticket.comment.added'])
  const rotated = await world.admin.rotateWebhookSecret({ workspaceId: world.workspaceId, webhookId })
  await world.tell(world.child())
  await world.settled()
  await world.sql("update webhook set old_secret_ends_at = clock_timestamp() - interval '1 second'")
  await world.tell(world.child())
  await world.settled()
  const [during, after] = sink.heard
  if (during === undefined || after === undefined) throw new Error('two messages were to come')
  expect([isSigned(during, secret), isSigned(during, rotated.secret)]).toEqual([true, true])
  expect([isSigned(after, secret), isSigned(after, rotated.secret)]).toEqual([false, true])
})

it('serves an endpoint whose key was lost again after one rotation', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { webhookId } = await listen(world, sink, ['ticket.comment.added'])
  await world.sql("update webhook set secret = decode(repeat('00', 64), 'hex')")
  await world.tell(world.child())
  await until(async () => (await messages(world)).length === 1, { what: 'the message' })
  const { secret } = await world.admin.rotateWebhookSecret({ workspaceId: world.workspaceId, webhookId })
  await until(() => sink.heard.length === 1, { what: 'the message' })
  await world.settled()
  expect(sink.heard.map((heard) => [heard.signatures.length, isSigned(heard, secret)])).toEqual([[1, true]])
  expect(await messages(world)).toMatchObject([{ state: 'sent', attempts: 1 }])
})

it('signs by ed25519 for whoever chose it, and by the old key too while a rotation lasts', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  const { workspaceId } = world
  const { webhookId, publicKey, secret } = await listen(world, sink, ['ticket.comment.added'], 'ed25519')
  expect(secret).toBe('')
  await world.tell(world.child())
  await world.settled()
  const rotated = await world.admin.rotateWebhookSecret({ workspaceId, webhookId })
  await world.tell(world.child())
  await world.settled()
  const back = await world.admin.rotateWebhookSecret({ workspaceId, webhookId, signature: 'hmac' })
  await world.tell(world.child())
  await world.settled()
  const keys = [publicKey, rotated.publicKey, back.secret]
  expect(new Set(keys).size).toBe(3)
  expect(
    sink.heard.map((heard) => [
      heard.signatures.map((one) => one.split(',')[0]),
      keys.map((key) => isSigned(heard, key)),
    ]),
  ).toEqual([
    [['v1a'], [true, false, false]],
    [
      ['v1a', 'v1a'],
      [true, true, false],
    ],
    [
      ['v1', 'v1a'],
      [false, true, true],
    ],
  ])
})
