import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { startHundredEndpoints } from './hundred-endpoints.ts'
import { startWebhookSink } from './webhook-sink.ts'
import { listen } from './webhook-world.ts'
import { startNotificationWorld } from './world.ts'

it('does not let an endpoint that hangs slow the others', async () => {
  await using world = await startNotificationWorld()
  await using hanging = await startWebhookSink()
  await using sink = await startWebhookSink()
  let release = () => {}
  const freed = new Promise<void>((resolve) => {
    release = resolve
  })
  hanging.answer = async () => {
    await freed
    return { status: 200 }
  }
  await listen(world, hanging, ['ticket.comment.added'])
  await listen(world, sink, ['ticket.comment.added'])
  await world.tell(...Array.from({ length: 300 }, () => world.child({ address: '' })))
  await until(() => sink.heard.length === 300, { what: 'all messages of the sound endpoint' })
  expect(hanging.heard.length).toBeLessThanOrEqual(16)
  release()
  await until(() => hanging.heard.length === 300, { what: 'all messages of the other' })
  await world.settled()
  expect(sink.connections()).toBeLessThanOrEqual(16)
})

it('tells 98 of 100 everything while one refuses and another still holds its first message', async () => {
  await using world = await startNotificationWorld()
  await using endpoints = await startHundredEndpoints(world)
  await endpoints.fallIll()
  await endpoints.tell(3)
  await endpoints.heard(3)
  expect(endpoints.held()).toBeGreaterThan(0)
  expect(await endpoints.ended()).toBe(0)
})

it('does not let an endpoint that hangs slow another at the same host', async () => {
  await using world = await startNotificationWorld()
  await using sink = await startWebhookSink()
  let release = () => {}
  const freed = new Promise<void>((resolve) => {
    release = resolve
  })
  sink.answer = async ({ path }) => {
    if (path === '/hangs') await freed
    return { status: 200 }
  }
  const at = (path: string) => sink.heard.filter((heard) => heard.path === path).length
  await listen(world, { ...sink, url: new URL('/hangs', sink.url).href }, ['ticket.comment.added'])
  await world.tell(...Array.from({ length: 40 }, () => world.child({ address: '' })))
  await until(() => at('/hangs') === 16, { what: 'all that are in flight to the one that hangs' })
  await listen(world, sink, ['ticket.comment.added'])
  await world.tell(...Array.from({ length: 40 }, () => world.child({ address: '' })))
  await until(() => at('/in') === 40, { what: 'all messages of the other' })
  expect(at('/hangs')).toBe(16)
  release()
  await world.settled()
})
